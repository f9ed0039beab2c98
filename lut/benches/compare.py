#!/usr/bin/env python3
"""One look on one 1080p picture: this crate, ffmpeg and OpenColorIO side by side, in one run on one core.

    python3 lut/benches/compare.py [--rounds 5] [--json] [--frame BINARY]

The picture (10-bit 4:2:2: gradients, detail, noise) and the cubes (33^3, 65^3) are made here and are the same for all.
Everything is pinned to one core. In every round each contestant runs once, in turn; the table has the median over the
rounds of CPU milliseconds per frame, and the median of the ratios within a round, so that what else the machine does
falls on all alike.

What is timed, so that it is fair to the others:
- ours: everything from 10-bit 4:2:2 in memory to 10-bit 4:2:0 in memory, CPU time of the thread, median of the frames.
- ffmpeg: one frame held by the `loop` filter, to the null muxer, one thread; user and system time of the process, less
  the same graph without what is measured (so reading the file, starting up and handing frames on is not counted).
  `lut3d` alone works on gbrpf32le, its fastest format, tetrahedral. The chain begins with 4:2:2 and ends with 4:2:0.
- OpenColorIO: RGBA f32 in place in memory already, tetrahedral, default optimisation, processor made beforehand, the
  copy that restores the picture not timed.
Two threads are measured by the time that passed, on two cores, against the mean speed of one thread on each of them; they
mean nothing on a machine that is busy. Two programs at once that share nothing say what the machine itself can give.

ffmpeg with libzimg must be installed; OpenColorIO and numpy are put in a venv beside the build.
"""

import argparse
import json
import os
import pathlib
import platform
import resource
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
WORK = TARGET / "bench-color"
PACKAGES = ["opencolorio==2.5.1", "numpy==2.4.6"]
WIDTH, HEIGHT = 1920, 1080
LOOPS = 40


def enter_venv():
    """Runs this script again in a venv that has the packages."""
    venv = WORK / "venv"
    python = venv / "bin" / "python"
    if pathlib.Path(sys.prefix) == venv:
        return
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES], check=True)
    os.execv(python, [str(python), *sys.argv])


def write_picture(path):
    import numpy as np

    random = np.random.default_rng(1)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)

    def waves(a, b, c, d):
        return np.sin(x * a + y * b) + np.sin(x * c - y * d)

    luma = 0.45 + 0.18 * waves(0.003, 0.002, 0.0011, 0.004) + 0.06 * waves(0.05, 0.031, 0.11, 0.07)
    luma += 0.08 * (np.sin(x * 0.7) * np.sin(y * 0.6) > 0.3) * ((x // 240 + y // 180) % 3 == 0)
    cb, cr = 0.12 * waves(0.002, 0.0013, 0.004, 0.001), 0.12 * waves(0.0012, 0.003, 0.0021, 0.0043)
    planes = [64 + 876 * luma, 512 + 896 * cb[:, ::2], 512 + 896 * cr[:, ::2]]
    noisy = [np.clip(np.rint(p + random.normal(0, 2.5, p.shape)), 4, 1019).astype("<u2") for p in planes]
    path.write_bytes(b"".join(p.tobytes() for p in noisy))


def write_cube(path, size):
    """An S curve with crosstalk."""
    steps = [i / (size - 1) for i in range(size)]
    curve = [v * v * (3 - 2 * v) for v in steps]
    lines = [f"LUT_3D_SIZE {size}"]
    for b in range(size):
        for g in range(size):
            for r in range(size):
                red = 0.85 * curve[r] + 0.1 * steps[g] + 0.05 * steps[b]
                green = 0.9 * curve[g] + 0.05 * steps[r] + 0.05 * steps[b]
                blue = 0.8 * curve[b] + 0.15 * steps[g] ** 1.2 + 0.02
                lines.append(f"{red:.6f} {green:.6f} {blue:.6f}")
    path.write_text("\n".join(lines) + "\n")


def build():
    """The benchmark binary."""
    command = ["cargo", "bench", "-p", "lut", "--bench", "frame", "--no-run", "--locked", "--message-format=json"]
    output = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    messages = [json.loads(line) for line in output.splitlines()]
    return next(m["executable"] for m in messages if m.get("target", {}).get("name") == "frame" and m.get("executable"))


def start(binary, level, size, threads, cores):
    command = [binary, "--cube", WORK / f"{size}.cube", "--picture", WORK / "picture.yuv", "--level", level]
    command += ["--threads", str(threads), "--frames", str(LOOPS)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, preexec_fn=lambda: os.sched_setaffinity(0, cores))


def ours(binary, level, size, threads=1, cores=(1,)):
    return result(start(binary, level, size, threads, cores))


def result(running):
    output, _ = running.communicate()
    if running.returncode:
        sys.exit(f"the benchmark ended with {running.returncode}")
    return json.loads(output)


def each_core(binary):
    """Milliseconds a frame on one thread, mean speed of the first two cores: neighbours may load them unequally."""
    return 2 / sum(1 / ours(binary, "avx512", 33, cores=(core,))["passed_ms"] for core in (0, 1))


def two_programs(binary):
    """Milliseconds a frame of two programs that share nothing, each on a core of its own: what the machine can give."""
    running = [start(binary, "avx512", 33, 1, (core,)) for core in (0, 1)]
    return 1 / sum(1 / result(each)["passed_ms"] for each in running)


def ffmpeg_seconds(pixel_format, picture, graph):
    """CPU seconds of a run."""
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error", "-threads", "1", "-filter_threads", "1"]
    command += ["-f", "rawvideo", "-pix_fmt", pixel_format, "-s", f"{WIDTH}x{HEIGHT}", "-i", WORK / picture]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*command, "-vf", graph, "-f", "null", "-"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ffmpeg(pixel_format, picture, filters):
    """Milliseconds a frame spends in `filters`."""
    loop = f"loop={LOOPS}:1:0"
    without = ffmpeg_seconds(pixel_format, picture, loop)
    return (ffmpeg_seconds(pixel_format, picture, f"{loop},{filters}") - without) * 1000 / (LOOPS + 1)


TO_RGB = "zscale=matrixin=709:rangein=limited:range=full,format=gbrpf32le"
FROM_RGB = "zscale=matrix=709:range=limited,format=yuv420p10le"


def lut3d():
    return f"lut3d=file={WORK}/33.cube:interp=tetrahedral"


class OpenColorIO:
    def __init__(self):
        import numpy as np
        import PyOpenColorIO as ocio

        planes = np.fromfile(WORK / "picture.rgb", "<f4").reshape(3, HEIGHT, WIDTH)
        self.source = np.ones((HEIGHT, WIDTH, 4), np.float32)
        for channel, plane in enumerate([2, 0, 1]):
            self.source[..., channel] = planes[plane]
        self.picture = self.source.copy()
        self.description = ocio.PackedImageDesc(self.picture, WIDTH, HEIGHT, 4)
        file = ocio.FileTransform(str(WORK / "33.cube"), interpolation=ocio.INTERP_TETRAHEDRAL)
        self.cpu = ocio.Config.CreateRaw().getProcessor(file).getDefaultCPUProcessor()

    def time(self):
        times = []
        for _ in range(LOOPS // 2):
            self.picture[:] = self.source
            start = time.thread_time()
            self.cpu.apply(self.description)
            times.append((time.thread_time() - start) * 1000)
        return statistics.median(times)


def prepare():
    WORK.mkdir(parents=True, exist_ok=True)
    write_picture(WORK / "picture.yuv")
    for size in (33, 65):
        write_cube(WORK / f"{size}.cube", size)
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt"]
    command += ["yuv422p10le", "-s", f"{WIDTH}x{HEIGHT}", "-i", WORK / "picture.yuv", "-vf", TO_RGB]
    subprocess.run([*command, "-f", "rawvideo", WORK / "picture.rgb"], check=True)


def measure(binary, rounds):
    ocio = OpenColorIO()
    rows = {
        "ours AVX-512 33^3": lambda: ours(binary, "avx512", 33)["cpu_ms"],
        "ffmpeg lut3d gbrpf32le": lambda: ffmpeg("gbrpf32le", "picture.rgb", lut3d()),
        "ours AVX2 33^3": lambda: ours(binary, "avx2", 33)["cpu_ms"],
        "ours AVX-512 65^3": lambda: ours(binary, "avx512", 65)["cpu_ms"],
        "OpenColorIO RGBA f32": ocio.time,
        "ffmpeg zscale, lut3d, zscale": lambda: ffmpeg("yuv422p10le", "picture.yuv", f"{TO_RGB},{lut3d()},{FROM_RGB}"),
        "ours AVX-512 33^3, one thread, time passed": lambda: each_core(binary),
        "ours AVX-512 33^3, two threads, time passed": lambda: ours(binary, "avx512", 33, 2, (0, 1))["passed_ms"],
        "ours AVX-512 33^3, two programs at once": lambda: two_programs(binary),
    }
    times = {name: [] for name in rows}
    for _ in range(rounds):
        for name, run in rows.items():
            times[name].append(run())
    return times


BARS = [
    ("ours AVX-512 33^3", "ffmpeg lut3d gbrpf32le", "<= 0.5"),
    ("ours AVX-512 33^3", "ffmpeg zscale, lut3d, zscale", "<= 0.25"),
    ("ours AVX-512 33^3", "OpenColorIO RGBA f32", "<= 0.7"),
    ("ours AVX2 33^3", "ffmpeg lut3d gbrpf32le", "<= 1.1"),
    ("ours AVX-512 65^3", "ours AVX-512 33^3", "<= 1.1"),
    ("ours AVX-512 33^3, one thread, time passed", "ours AVX-512 33^3, two threads, time passed", ">= 1.8"),
    ("ours AVX-512 33^3, one thread, time passed", "ours AVX-512 33^3, two programs at once", None),
]


def ratios(times):
    for one, other, bar in BARS:
        each = [a / b for a, b in zip(times[one], times[other])]
        middle = statistics.median(each)
        met = None
        if bar:
            met = middle <= float(bar[3:]) if bar[0] == "<" else middle >= float(bar[3:])
        yield {"of": one, "to": other, "ratio": middle, "lowest": min(each), "highest": max(each), "bar": bar, "met": met}


def versions():
    import PyOpenColorIO as ocio

    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    ffmpeg_version = subprocess.run(["ffmpeg", "-version"], stdout=subprocess.PIPE, text=True).stdout.split()[2]
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "kernel": platform.release(),
        "ffmpeg": ffmpeg_version,
        "opencolorio": ocio.__version__,
    }


def print_tables(result):
    print(", ".join(f"{name} {value}" for name, value in result["machine"].items()), end="\n\n")
    print("| ms per 1920x1080 frame | median | lowest | highest |\n|---|---|---|---|")
    for name, each in result["times_ms"].items():
        print(f"| {name} | {statistics.median(each):.2f} | {min(each):.2f} | {max(each):.2f} |")
    print("\n| ratio | median of rounds | lowest | highest | bar | met |\n|---|---|---|---|---|---|")
    for row in result["ratios"]:
        numbers = f"{row['ratio']:.2f} | {row['lowest']:.2f} | {row['highest']:.2f}"
        met = {True: "yes", False: "no", None: "-"}[row["met"]]
        print(f"| {row['of']} : {row['to']} | {numbers} | {row['bar'] or '-'} | {met} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--frame", help="the built benchmark; without it, cargo builds it")
    options = parser.parse_args()
    enter_venv()
    binary = options.frame or build()
    os.sched_setaffinity(0, {1})
    prepare()
    times = measure(binary, options.rounds)
    result = {"machine": versions(), "times_ms": times, "ratios": list(ratios(times))}
    if options.json:
        print(json.dumps(result))
    else:
        print_tables(result)


if __name__ == "__main__":
    main()
