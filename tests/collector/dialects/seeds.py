"""Messages as devices send them, for each dialect: where mutation begins.

(topic below the prefix, body); written after public documents, see docs/dialects.md.
"""

from collections.abc import Mapping

Seed = tuple[str, bytes]

_AXIS = "00408C123456/event"

_LETTER = b'{"site":"S1","account":"5501","kind":"%s","data":"%s","category":"DP3","tested":true}'

SEEDS: Mapping[str, tuple[Seed, ...]] = {
    "axis": (
        (f"{_AXIS}/connection", b'{"connected":true,"description":"Connected"}'),
        (f"{_AXIS}/connection", b"Disconnected"),
        (
            f"{_AXIS}/tns:onvif/Device/tns:axis/Sensor/PIR/$source/sensor/0",
            (
                b'{"timestamp":1590258472044,"topic":"onvif:Device/axis:Sensor/PIR","message":'
                b'{"source":{"sensor":"0"},"key":{},"data":{"state":"1"}}}'
            ),
        ),
        (
            f"{_AXIS}/tns:axis/Storage/Disruption/$source/disk_id/SD_DISK",
            (
                b'{"topic":"axis:Storage/Disruption","message":{"source":{"disk_id":"SD_DISK"},'
                b'"data":{"disruption":"0"}}}'
            ),
        ),
        (
            f"{_AXIS}/tns:axis/Storage/Alert",
            (
                b'{"topic":"axis:Storage/Alert","message":{"source":{"disk_id":"SD_DISK"},'
                b'"data":{"overall_health":"-3","alert":"1","temperature":"41","wear":"92"}}}'
            ),
        ),
        (
            f"{_AXIS}/tns:onvif/VideoSource/tns:axis/Tampering",
            (
                b'{"topic":"onvif:VideoSource/axis:Tampering","message":{"source":{"channel":"1"},'
                b'"data":{"tampering":"1"}}}'
            ),
        ),
        (f"{_AXIS}/x", b'{"topic":"onvif:Device/axis:Sensor/PIR","message":123}'),
        (f"{_AXIS}/tns:onvif/Device/tns:axis/Casing/Open/$source/Name/Box", b""),
    ),
    "onvif": (
        (
            "MyDevice/onvif-ej/RuleEngine/LineDetector/Crossed/&1/2/MyImportantFence1",
            (
                b'{"UtcTime":"2008-10-10T12:24:57.321Z","Source":{"VideoSource":"1",'
                b'"AnalyticsConfiguration":"2","Rule":"MyImportantFence1"},"Data":{"ObjectId":"15"}}'
            ),
        ),
        (
            "cam01/onvif-ej/Monitoring/OperatingTime/LastClockSynchronization",
            (
                b'{"UtcTime":"2026-06-15T01:02:03Z","Source":{},'
                b'"Data":{"Status":"1970-01-01T00:00:00Z"}}'
            ),
        ),
        (
            "cam01/onvif-ej/Device/HardwareFailure/FanFailure/&Fan1",
            b'{"UtcTime":"2026-06-15T01:02:03Z","Source":{"Token":"Fan1"},"Data":{"Failed":true}}',
        ),
        ("cam01/onvif-ej/Device/HardwareFailure/FanFailure/&Fan1", b""),
        (
            "cam01/onvif-ej/Device/SecurityPolicy/AuthFailed/&eth0",
            b'{"UtcTime":"2026-06-15T01:02:03Z","Data":{"SourceIPv4":"192.0.2.7"}}',
        ),
        (
            "cam01/onvif-ej/Door/State/DoorFault/&1",
            b'{"UtcTime":"2026-06-15T01:02:03-8:00","Data":{"State":"FaultDetected"}}',
        ),
    ),
    "frigate": (
        ("available", b"online"),
        (
            "stats",
            (
                b'{"cameras":{"front_door":{"camera_fps":4.1,"process_fps":4.0,"skipped_fps":0.0}},'
                b'"service":{"uptime":101113,"version":"0.14.0","storage":{"/media/frigate/recordings":'
                b'{"free":42429.9,"total":244529.7,"used":189607.0}}},"gpu_usages":{"intel-gpu":'
                b'{"vendor":"intel","gpu":"","mem":""}}}'
            ),
        ),
        (
            "stats",
            (
                b'{"detection_fps":13.7,"detectors":{"cpu1":{"inference_speed":91.43,"pid":42}},'
                b'"front_door":{"camera_fps":4.1,"process_fps":4.0},"service":{"uptime":101113}}'
            ),
        ),
        ("front_door/status/record", b"offline"),
        ("front_door/recordings/state", b"OFF"),
        ("events", b'{"type":"update","before":{"camera":"front_door","frame_time":1607123961.8}}'),
    ),
    "zigbee2mqtt": (
        ("bridge/state", b'{"state":"online"}'),
        ("bridge/state", b"online"),
        (
            "bridge/devices",
            (
                b'[{"ieee_address":"0x00158d000358e8cd","type":"EndDevice","friendly_name":"hall/door",'
                b'"power_source":"Battery","model_id":"lumi.sensor_magnet","definition":'
                b'{"model":"MCCGQ11LM","vendor":"Aqara"}}]'
            ),
        ),
        ("hall/door/availability", b'{"state":"offline"}'),
        (
            "hall/door",
            (
                b'{"battery":100,"battery_low":false,"contact":false,"tamper":false,"voltage":3200,'
                b'"linkquality":19,"last_seen":"2019-11-22T08:50:54+01:00"}'
            ),
        ),
        (
            "bridge/event",
            (
                b'{"type":"device_leave","data":{"ieee_address":"0x00158d000358e8cd",'
                b'"friendly_name":"hall/door"}}'
            ),
        ),
        ("bridge/info", b'{"version":"2.1.3","permit_join":true}'),
    ),
    "dc09": (
        ("5501", _LETTER % (b"NULL", b"")),
        ("5501", _LETTER % (b"ADM-CID", b"1383 01 012")),
        ("5501", _LETTER % (b"ADM-CID", b"3383 01 012")),
        ("5501", _LETTER % (b"ADM-CID", b"1602 00 000")),
        ("5501", _LETTER % (b"SIA-DCS", b"Nri1/YT001^battery of the panel^")),
        (
            "5501",
            (
                b'{"site":"S1","account":"5501","kind":"SIA-DCS","data":"Nri1/AT0YC1",'
                b'"extras":{"J":"1","I":"gate"},"t":"2026-11-23T01:00:00Z"}'
            ),
        ),
    ),
}

FRAME_SEEDS = (
    b'"NULL"0001L0#5501[]',
    b'"SIA-DCS"9876R579BDFL789ABC#12345A[#12345A|NFA129][S123Main St., 55123]',
    b'"ADM-CID"0002L0#5501[#5501|1383 01 012][J1]_01:00:00,11-23-2026',
    b'"*SIA-DCS"0003L0#5501[0123456789abcdef0123456789abcdef]',
)
