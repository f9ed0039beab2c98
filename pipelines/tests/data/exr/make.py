#!/usr/bin/env python3
"""Makes the EXR files of this folder with the reference library (PyPI: OpenEXR 3.5.3, numpy), and beside each picture what it
means: R, G, B of its display window as ACEScct (Academy S-2016-001) in 16 bits, little endian, computed in float64 from what
the reference library reads. Run in this folder; the files are kept, so no test needs it."""

import struct

import numpy as np
import OpenEXR

BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
REC709 = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)
AP0 = (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.0770, 0.32168, 0.33767)
AP1 = (0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767)


def xyz(x, y):
    return np.array([x / y, 1.0, (1.0 - x - y) / y])


def to_xyz(c):
    columns = np.stack([xyz(*c[0:2]), xyz(*c[2:4]), xyz(*c[4:6])], axis=1)
    return columns * np.linalg.solve(columns, xyz(*c[6:8]))


def to_ap1(c):
    scale = np.diag((BRADFORD @ xyz(*AP1[6:8])) / (BRADFORD @ xyz(*c[6:8])))
    return np.linalg.inv(to_xyz(AP1)) @ np.linalg.inv(BRADFORD) @ scale @ BRADFORD @ to_xyz(c)


def acescct16(rgb, chromaticities):
    rgb = np.clip(np.nan_to_num(rgb.astype(np.float64), nan=0.0, posinf=np.inf, neginf=-np.inf), -65504.0, 65504.0)
    light = rgb @ to_ap1(chromaticities).T
    with np.errstate(divide="ignore", invalid="ignore"):
        log = (np.log2(light) + 9.72) / 17.52
    code = np.where(light <= 0.0078125, 10.5402377416545 * light + 0.0729055341958355, log)
    return np.rint(np.clip(code, 0.0, 1.0) * 65535.0).astype("<u2")


def scene(width=36, height=34):
    """From 10 stops below to 9 stops above mid-grey, in all hues; the last column is black, then negative."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    light = 0.18 * 2.0 ** (-10.0 + 19.0 * x / (width - 2))
    hue = 2.0 * np.pi * y / height
    rgb = np.stack([light * (1.0 + 0.6 * np.cos(hue + turn)) for turn in (0.0, 2.1, 4.2)], axis=-1)
    rgb[:, -1] = np.where(y[:, -1:] % 2 == 0, 0.0, -0.01)
    return rgb.astype(np.float16)


def read_back(name, part=0):
    with OpenEXR.File(name, separate_channels=True) as file:
        channels = file.parts[part].channels
        return np.stack([channels[c].pixels for c in "RGB"], axis=-1).astype(np.float64)


def write(name, rgb, header=None, chromaticities=REC709, expected=True, alpha=False):
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage} | (header or {})
    channels = {c: np.ascontiguousarray(rgb[..., i]) for i, c in enumerate("RGB")}
    if alpha:
        channels["A"] = np.ones(rgb.shape[:2], dtype=rgb.dtype)
    with OpenEXR.File(header, channels) as file:
        file.write(f"{name}.exr")
    if expected:
        acescct16(read_back(f"{name}.exr"), chromaticities).tofile(f"{name}.u16")


def bounds(x0, y0, x1, y1):
    return (np.array([x0, y0], dtype=np.int32), np.array([x1, y1], dtype=np.int32))


def main():
    picture = scene()
    write("zip", picture)
    for name in ("none", "rle", "zips", "piz", "pxr24"):
        write(name, picture, {"compression": getattr(OpenEXR, f"{name.replace('none', 'no').upper()}_COMPRESSION")}, expected=False)
    for name in ("b44", "b44a", "dwaa", "dwab"):
        write(name, picture, {"compression": getattr(OpenEXR, f"{name.upper()}_COMPRESSION")})
    write("alpha", picture, {"compression": OpenEXR.PIZ_COMPRESSION}, expected=False, alpha=True)
    write("tiled", picture, {"type": OpenEXR.tiledimage, "tiles": tile(16, 16)}, expected=False)

    strange = picture.astype(np.float32)
    strange[3, 0:6] = np.array([[v, v, v] for v in (np.nan, np.inf, -np.inf, 3e38, -3e38, 1e-42)], dtype=np.float32)
    strange[4, 0:3] = np.array([[np.nan, 0.5, 0.5], [np.inf, 0.0, 0.0], [-1.0, 0.18, 0.18]], dtype=np.float32)
    write("float", strange)
    halves = picture.copy()
    halves[3, 0:4] = np.array([[v, v, v] for v in (np.nan, np.inf, -np.inf, 6e-8)], dtype=np.float16)
    write("half", halves)

    aces = {
        "chromaticities": AP0,
        "acesImageContainerFlag": 1,
        "compression": OpenEXR.NO_COMPRESSION,
        "timeCode": OpenEXR.TimeCode(1, 2, 3, 4, *[0] * 14),
        "reelName": "A001C002",
    }
    write("aces", picture, aces, AP0)
    add_rate("aces", 24000, 1001, picture.shape[0])
    write("ap1", picture, {"chromaticities": AP1}, AP1)

    # A data window that covers 4..39 x 2..35 of a display window of 0..31 x 0..23: cropped right and below, black left and above.
    window = {"displayWindow": bounds(0, 0, 31, 23), "dataWindow": bounds(4, 2, 39, 35)}
    write("window", picture, window, expected=False)
    shown = np.zeros((24, 32, 3))
    shown[2:, 4:] = picture.astype(np.float64)[:22, :28]
    acescct16(shown, REC709).tofile("window.u16")

    depth = OpenEXR.Part({"type": OpenEXR.scanlineimage, "compression": OpenEXR.ZIP_COMPRESSION},
                         {"Z": picture[..., 0].astype(np.float32)}, name="depth")
    beauty = OpenEXR.Part({"type": OpenEXR.scanlineimage, "compression": OpenEXR.ZIPS_COMPRESSION},
                          {c: np.ascontiguousarray(picture[..., i]) for i, c in enumerate("RGB")}, name="beauty")
    with OpenEXR.File([depth, beauty]) as file:
        file.write("parts.exr")

    with OpenEXR.File({"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage},
                      {"Y": picture[..., 0].copy(), "Z": picture[..., 1].copy()}) as file:
        file.write("grey.exr")


def add_rate(name, numerator, denominator, chunks):
    """Adds `framesPerSecond`, which the Python binding cannot write, and moves what the table of chunks points at."""
    attribute = b"framesPerSecond\0rational\0" + struct.pack("<iiI", 8, numerator, denominator)
    with open(f"{name}.exr", "rb") as file:
        data = file.read()
    start = first_chunk_table(data)
    offsets = struct.unpack_from(f"<{chunks}Q", data, start)
    moved = struct.pack(f"<{chunks}Q", *(offset + len(attribute) for offset in offsets))
    with open(f"{name}.exr", "wb") as file:
        file.write(data[:8] + attribute + data[8:start] + moved + data[start + len(moved):])


def first_chunk_table(data):
    """Where the header's attributes, each with name, type and size, end."""
    at = 8
    while data[at] != 0:
        at = data.index(b"\0", data.index(b"\0", at) + 1) + 1
        at += 4 + struct.unpack_from("<i", data, at)[0]
    return at + 1


def tile(x, y):
    description = OpenEXR.TileDescription()
    description.xSize, description.ySize = x, y
    description.mode, description.roundingMode = OpenEXR.ONE_LEVEL, OpenEXR.ROUND_DOWN
    return description


main()
