"""What engineers of the demo company wrote on their sheets, and what they photographed."""

import io
import math
import random

from PIL import Image, ImageDraw, ImageFilter

from operations import pictures
from operations.pictures import Photograph

_SHOT = (960, 720)

# By item of the checklist: what was wrong, what it came from, how it was put right.
FOUND: dict[str, tuple[tuple[str, str, str], ...]] = {
    "housing": (
        ("护罩密封圈老化，内壁有水汽", "密封圈老化开裂", "更换密封圈并烘干，重新打胶"),
        ("护罩玻璃积灰结网，夜间反光", "护罩外壁蛛网", "清洁护罩并喷防虫剂"),
    ),
    "infrared": (("补光灯半边不亮", "红外灯板衰减", "更换红外灯板，夜间画面确认"),),
    "overlay": (("点名字符与现场不符", "点位调整后未改字符", "按现场更正点名并抄录"),),
    "fixing": (("支架螺丝松动，有晃动", "膨胀螺栓松脱", "重新打孔固定，加防松垫片"),),
    "angle": (("新装货架挡住一半探测区", "客户摆放货架", "与客户移位货架，步测通过"),),
    "zone_label": (("标签脱落，编号不清", "标签老化", "重打标签并加覆膜"),),
    "battery_load": (("带载 10 分钟电压跌到 11.2 V", "电池内阻超标", "更换 12 V 7 Ah 电池"),),
    "rights": (("3 名离职人员仍有门禁权限", "名单未及时清理", "与客户核对后注销 3 张卡"),),
    "label": (("弱电井内 4 根线缆无标签", "改造后未补", "补打标签并更新台账"),),
    "oxidation": (("室外接头发绿，接触电阻偏大", "防水胶带老化", "重做接头并加防水盒"),),
    "dust": (("机柜滤网积尘严重", "滤网半年未洗", "清洗滤网，机柜温度降 4 ℃"),),
    "program_backup": (("未见本年度配置备份", "换人后无人备份", "当场导出备份并交客户留存"),),
    "passwords": (("值机账号仍为初始密码", "未按约定更换", "现场修改并由客户确认"),),
    "fan": (("风扇异响", "轴承磨损", "更换同型号风扇"),),
    "conduit": (("桥架盖板缺 2 块", "装修拆除后未复位", "补齐盖板并固定"),),
}
REASONS = (
    "金库区当日盘点，客户不允许进入",
    "病区有病人休息，改约下月",
    "点位在高空，当日风大停止登高",
    "门禁间钥匙未交，客户约下月",
)
REMARKS = (
    "",
    "设备整体运行良好，已与客户一起核对录像保存天数。",
    "已清洁全部室外护罩。建议下季度更换使用满四年的备用电池。",
    "已提醒客户按约定每 90 天更换一次密码。",
)
UNSIGNED = "客户负责人外出，已电话说明结果并约定补签"


def scene(dice: random.Random, stamp: str) -> Photograph:
    """A drawn picture of a device on a wall, blurred and with its time on it like a phone's."""
    wall = tuple(dice.randrange(120, 225) for _ in range(3))
    image = Image.new("RGB", _SHOT, wall)
    draw = ImageDraw.Draw(image)
    for _ in range(14):
        _patch(draw, dice, wall)
    x, y, size = dice.randrange(300, 660), dice.randrange(200, 480), dice.randrange(90, 170)
    draw.rectangle((x - size // 4, 0, x + size // 4, y), fill=(70, 74, 80))
    draw.ellipse((x - size, y - size, x + size, y + size), fill=(232, 234, 236))
    lens = size * 6 // 10
    draw.ellipse((x - lens, y - lens // 2, x + lens, y + lens), fill=(28, 32, 40))
    for _ in range(5):
        end = (x + dice.randrange(-size, size), y + dice.randrange(-size, size))
        draw.line((x, y, *end), fill=(250, 250, 250), width=3)
    image = image.filter(ImageFilter.GaussianBlur(1.6))
    ImageDraw.Draw(image).text((24, _SHOT[1] - 48), stamp, fill=(255, 214, 64), font_size=28)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=88)
    return pictures.photograph(io.BytesIO(file.getvalue()), len(file.getvalue()))


def signature(dice: random.Random) -> bytes:
    """A name as a hand writes it on glass: a PNG, black on white."""
    image = Image.new("L", (640, 220), 255)
    draw = ImageDraw.Draw(image)
    turns, high, lean = dice.uniform(5, 8), dice.uniform(38, 60), dice.uniform(30, 46)
    points = []
    for step in range(260):
        t = step / 260
        swing = 2 * math.pi * turns * t
        tall = high * (0.45 + 0.55 * abs(math.sin(3.1 * t * math.pi + turns)))
        x = 50 + 500 * t + lean * math.cos(swing)
        points.append((x, 112 - tall * math.sin(swing + 0.4 * math.sin(9 * t))))
    draw.line(points, fill=20, width=5, joint="curve")
    draw.line([(60 + 5 * n, 186 - n * n / 400) for n in range(100)], fill=20, width=4)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _patch(draw: ImageDraw.ImageDraw, dice: random.Random, wall: tuple[int, ...]) -> None:
    x, y = dice.randrange(_SHOT[0]), dice.randrange(_SHOT[1])
    wide, high = dice.randrange(80, 420), dice.randrange(60, 360)
    tone = dice.randrange(-70, 50)
    colour = tuple(max(0, min(255, part + tone)) for part in wall)
    draw.rectangle((x - wide // 2, y - high // 2, x + wide // 2, y + high // 2), fill=colour)
