"""What has gone wrong in the demo company's past, how it ended, and what people wrote of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rules.model import DeviceType

T = DeviceType
_CAMERAS = frozenset({T.CAMERA, T.PTZ})


class Ending(StrEnum):
    VISIT = "visit"  # somebody went and repaired it
    REMOTE = "remote"  # repaired without a visit
    RECOVERED = "recovered"  # healed before anybody had to leave
    NO_ORDER = "no_order"  # minor: it never became an order


@dataclass(frozen=True, slots=True, kw_only=True)
class Tale:
    """`lasts_h`: how long it lasts where nobody repairs it; `takes_along`: what hangs on it."""

    code: str
    types: frozenset[DeviceType]
    ending: Ending
    weight: int
    why: str = "reading"
    evidence: Mapping[str, Any] = field(default_factory=dict)
    found: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    lasts_h: tuple[float, float] = (0.05, 1.5)
    takes_along: bool = False


TALES: tuple[Tale, ...] = (
    Tale(
        code="CAM_VIDEO_LOSS",
        types=_CAMERAS,
        ending=Ending.VISIT,
        weight=22,
        why="event",
        found=(
            "网线水晶头氧化，接触不良",
            "前端电源适配器输出电压偏低",
            "摄像机主板故障，无视频输出",
        ),
        done=(
            "重做水晶头并测通，画面恢复",
            "更换电源适配器，测试正常",
            "更换同型号摄像机，核对点位画面",
        ),
    ),
    Tale(
        code="DEV_OFFLINE",
        types=_CAMERAS | {T.ACCESS_CONTROLLER, T.RECORDER, T.ALARM_HOST},
        ending=Ending.VISIT,
        weight=16,
        why="silent",
        found=("交换机端口损坏", "设备死机，日志无异常", "供电空开跳闸"),
        done=("更换端口并贴标签", "断电重启后观察 30 分钟正常", "复位空开，检查负载无异常"),
    ),
    Tale(
        code="DEV_OFFLINE",
        types=_CAMERAS,
        ending=Ending.RECOVERED,
        weight=12,
        why="silent",
        lasts_h=(0.1, 0.8),
    ),
    Tale(
        code="NET_UPLINK_DOWN",
        types=frozenset({T.UPLINK}),
        ending=Ending.RECOVERED,
        weight=6,
        why="last_will",
        lasts_h=(0.2, 2.0),
        takes_along=True,
    ),
    Tale(
        code="NET_SWITCH_DOWN",
        types=frozenset({T.SWITCH}),
        ending=Ending.VISIT,
        weight=5,
        why="silent",
        found=("交换机电源模块损坏", "弱电间装修误断电"),
        done=("更换电源模块，全部端口恢复", "恢复供电并加装警示牌"),
        takes_along=True,
    ),
    Tale(
        code="MAINS_LOSS",
        types=frozenset({T.UPS, T.ALARM_HOST, T.POWER}),
        ending=Ending.RECOVERED,
        weight=8,
        evidence={"signal": "mains"},
        lasts_h=(0.2, 1.8),
    ),
    Tale(
        code="STO_DISK_FAIL",
        types=frozenset({T.RECORDER}),
        ending=Ending.VISIT,
        weight=6,
        evidence={"signal": "disk_fail"},
        found=("3 号硬盘坏道增长，S.M.A.R.T. 告警",),
        done=("更换 8 TB 监控级硬盘，阵列重建完成",),
    ),
    Tale(
        code="REC_STOPPED",
        types=frozenset({T.RECORDER}),
        ending=Ending.REMOTE,
        weight=6,
        evidence={"signal": "recording_stopped"},
        found=("录像计划被误关闭",),
        done=("远程恢复录像计划，抽查 4 路录像正常",),
    ),
    Tale(
        code="CLOCK_DRIFT",
        types=frozenset({T.RECORDER}),
        ending=Ending.REMOTE,
        weight=5,
        evidence={"signal": "clock_offset_s", "value": 74.0, "limit": 5},
        found=("NTP 服务器地址失效",),
        done=("远程改为本地 NTP，校时后误差 0.3 秒",),
    ),
    Tale(
        code="TAMPER",
        types=frozenset({T.DETECTOR, T.ALARM_HOST, T.CAMERA}),
        ending=Ending.VISIT,
        weight=6,
        why="event",
        found=("装修工人拆动外壳", "外壳卡扣老化松脱"),
        done=("复位外壳并告知客户，现场拍照", "更换外壳卡扣，防拆测试正常"),
    ),
    Tale(
        code="TEMP_CRITICAL",
        types=_CAMERAS | {T.RECORDER},
        ending=Ending.VISIT,
        weight=4,
        evidence={"signal": "temperature_c", "value": 63.0, "limit": 60},
        found=("防护罩风扇停转",),
        done=("更换风扇，清理滤网，温度降至 41 ℃",),
    ),
    Tale(
        code="CAM_OCCLUDED",
        types=_CAMERAS,
        ending=Ending.VISIT,
        weight=6,
        evidence={"signal": "occluded"},
        found=("树枝遮挡镜头", "蜘蛛网附着护罩"),
        done=("请客户修剪树枝，画面恢复", "清洁护罩并喷防虫剂"),
    ),
    Tale(
        code="DET_MASKED",
        types=frozenset({T.DETECTOR}),
        ending=Ending.VISIT,
        weight=4,
        evidence={"signal": "masked"},
        found=("货物堆放遮挡探测器",),
        done=("移开货物，步行测试正常",),
    ),
    Tale(
        code="BATT_LOW",
        types=frozenset({T.ALARM_HOST}),
        ending=Ending.VISIT,
        weight=4,
        evidence={"signal": "battery_pct", "value": 15.0, "limit": 20},
        found=("备用电池老化，内阻超标",),
        done=("更换 12 V 7 Ah 电池，放电测试 30 分钟正常",),
    ),
    Tale(
        code="SIGNAL_WEAK",
        types=frozenset({T.SENSOR, T.DETECTOR}),
        ending=Ending.NO_ORDER,
        weight=5,
        evidence={"signal": "rssi_dbm", "value": -86.0, "limit": -80},
        lasts_h=(5, 40),
    ),
    Tale(
        code="BATT_LOW",
        types=frozenset({T.DETECTOR, T.SENSOR}),
        ending=Ending.NO_ORDER,
        weight=5,
        evidence={"signal": "battery_pct", "value": 17.0, "limit": 20},
        lasts_h=(50, 400),
    ),
    Tale(
        code="CUSTOMER_REPORT",
        types=_CAMERAS,
        ending=Ending.VISIT,
        weight=7,
        why="reported",
        evidence={"symptom": "画面模糊，夜间看不清", "reporter": "值班保安"},
        found=("镜头起雾，红外灯衰减",),
        done=("清洁镜头并更换红外灯板，夜间画面确认",),
    ),
    Tale(
        code="CUSTOMER_REPORT",
        types=frozenset({T.READER, T.LOCK}),
        ending=Ending.VISIT,
        weight=3,
        why="reported",
        evidence={"symptom": "刷卡后门打不开", "reporter": "前台"},
        found=("读卡器排线松动", "磁力锁吸合面积灰"),
        done=("压紧排线，连续刷卡 20 次正常", "清洁吸合面并调整间隙，测试正常"),
    ),
)

LATE = (
    "三环路事故封道，绕行 50 分钟",
    "前一单抢修未完，已电话告知客户并改派",
    "暴雨积水，下穿隧道封闭",
    "门禁手续等待保卫科确认",
)
ACCEPTED_BY = ("陈主管", "刘队长", "张科长", "值班保安王师傅", "Ms. Keller", "后勤赵老师")
