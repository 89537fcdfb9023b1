"""Cameras, lenses, encoders and decoders."""

from rules.catalogue.code import E, J, flag

CODES = (
    flag("CAM_VIDEO_LOSS", J, "video_loss", (60, 60), key_severity=E),
    flag("CAM_FROZEN", J, "frozen", (600, 60)),
    flag("CAM_OCCLUDED", J, "occluded", (30, 120)),
    flag("CAM_BLACK", J, "black", (300, 120)),
    flag("CAM_MOVED", J, "moved", (900, 60)),
)
