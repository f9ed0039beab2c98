"""Writes reference.json: what OpenColorIO makes of every file in this folder.

    pip install opencolorio && python reference.py

Tetrahedral interpolation is asked for where the file does not say; ASC CDL files are read with the clamp of the standard;
nothing is optimised, so that the numbers are those of the ops as written. Last written with OpenColorIO 2.6.0.
"""

import json
import pathlib
import tempfile

import PyOpenColorIO as ocio

HERE = pathlib.Path(__file__).parent
LEVELS = [-0.25, -0.003, 0.0, 0.004, 0.018, 0.1, 0.18, 0.37, 0.5, 0.7231, 0.9, 1.0, 1.3, 3.7]
# Neutral, then colours of every order of channels.
POINTS = [[v, v, v] for v in LEVELS] + [
    [LEVELS[(3 * i) % 14], LEVELS[(5 * i + 2) % 14], LEVELS[(9 * i + 4) % 14]] for i in range(42)
]


def half_value(code):
    """The value of a half-float's bits."""
    sign = -1.0 if code & 0x8000 else 1.0
    exponent, fraction = code >> 10 & 31, (code & 1023) / 1024
    return sign * (fraction * 2.0**-14 if exponent == 0 else (1 + fraction) * 2.0 ** (exponent - 15))


def half_domain():
    """A table per half-float, too large to keep: the cube root of every finite one. The test makes the same."""
    rows = []
    for code in range(65536):
        x = half_value(code) if code >> 10 & 31 != 31 else 0.0
        rows.append(repr((abs(x) ** (1 / 3)) * (-1 if x < 0 else 1)))
    array = "\n".join(rows)
    return (
        '<ProcessList id="h" compCLFversion="3"><LUT1D inBitDepth="16f" outBitDepth="16f" halfDomain="true">'
        f'<Array dim="65536 1">{array}</Array></LUT1D></ProcessList>'
    )


def values(path):
    """What the file makes of every point."""
    transform = ocio.FileTransform(src=str(path), cccId="", interpolation=ocio.INTERP_TETRAHEDRAL)
    if path.suffix in (".clf", ".ctf"):
        transform.setInterpolation(ocio.INTERP_DEFAULT)
    transform.setCDLStyle(ocio.CDL_ASC)
    processor = ocio.Config.CreateRaw().getProcessor(transform)
    cpu = processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_NONE)
    return [cpu.applyRGB(point) for point in POINTS]


def main():
    ocio.SetLoggingLevel(ocio.LOGGING_LEVEL_NONE)
    reference = {"points": POINTS, "values": {}}
    for path in sorted(HERE.iterdir()):
        if path.suffix not in (".py", ".json"):
            reference["values"][path.name] = values(path)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "half_domain.clf"
        path.write_text(half_domain())
        reference["values"][path.name] = values(path)
    lines = json.dumps(reference).replace('"values": ', '"values":\n').replace("]], ", "]],\n")
    (HERE / "reference.json").write_text(lines + "\n")


main()
