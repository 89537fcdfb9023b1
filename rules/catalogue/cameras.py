"""Cameras, lenses, pan-tilts, encoders and decoders.

The verdicts on a picture (frozen, black, moved ...) are the device's own; so is how it masks the
clock in the picture or a schedule for infra-red.
"""

from rules.catalogue.code import HOUR, MINUTE, Code, E, J, N, Sign, flag, metric

_SEEN = (HOUR, HOUR)

CODES = (
    flag("CAM_VIDEO_LOSS", J, "video_loss", (MINUTE, MINUTE), key_severity=E),
    metric("CAM_FPS_LOW", N, "video_fps_pct", (60, 90), (10 * MINUTE, 30 * MINUTE)),
    metric("CAM_FPS_LOW", N, "reconnects_per_h", (10, 5), (0, 30 * MINUTE), point="reconnects"),
    metric("CAM_FPS_LOW", N, "stalls_per_h", (100, 50), (0, 30 * MINUTE), point="stalls"),
    flag("CAM_FROZEN", J, "frozen", (10 * MINUTE, MINUTE)),
    flag("CAM_BLACK", J, "black", (5 * MINUTE, 2 * MINUTE)),
    flag("CAM_WHITE", J, "white", (5 * MINUTE, 2 * MINUTE)),
    metric("CAM_BLUR", N, "sharpness_pct", (40, 60), _SEEN),
    flag("CAM_BLUR", N, "blur", _SEEN, point="flag"),
    flag("CAM_OCCLUDED", J, "occluded", (30, 2 * MINUTE)),
    flag("CAM_MOVED", J, "moved", (15 * MINUTE, MINUTE)),
    flag("CAM_COLOR_CAST", N, "color_cast", _SEEN),
    flag("CAM_NOISE", N, "noise", _SEEN),
    flag("CAM_STRIPE", N, "stripes", _SEEN),
    flag("CAM_SHAKE", N, "shake", _SEEN),
    flag("CAM_IR_FAULT", N, "ir_fault", (MINUTE, MINUTE)),
    Code(code="CAM_OSD_WRONG", severity=N, sign=Sign.PERSON),
    flag("PTZ_STUCK", J, "ptz_stuck", (15, 0), reports=2),
    metric("PTZ_PRESET_ERR", N, "preset_error_deg", (3, 1.5), (0, 0), magnitude=True, reports=2),
    flag("LENS_FOCUS_FAULT", N, "focus_fault", (MINUTE, MINUTE)),
    flag("IRIS_FAULT", N, "iris_fault", (MINUTE, MINUTE)),
    flag("DEC_OUTPUT_FAULT", N, "output_fault", (MINUTE, MINUTE), key_severity=J),
    flag("DEC_NO_SIGNAL", N, "no_signal", (MINUTE, MINUTE), key_severity=J),
    flag("WASHER_LOW", N, "washer_low", (MINUTE, MINUTE)),
)
