//! `vitrine lut`, as a person or a script runs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use image::{ImageBuffer, Rgb};
use serde_json::{Value, json};

/// Files of one test.
struct Desk {
    dir: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.name(name)
    }

    fn name(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Swaps red and blue.
    fn swap(&self) -> String {
        self.write("swap.cube", "LUT_3D_SIZE 2\n0 0 0\n0 0 1\n0 1 0\n0 1 1\n1 0 0\n1 0 1\n1 1 0\n1 1 1\n")
    }

    fn points(&self, points: &Value) -> String {
        self.write("points.json", &json!({ "points": points }).to_string())
    }
}

fn lut(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vitrine")).arg("lut").args(arguments).output().unwrap()
}

fn done(arguments: &[&str]) -> String {
    let output = lut(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn done_json(arguments: &[&str]) -> Value {
    serde_json::from_str(&done(arguments)).unwrap()
}

/// One line on standard error, and exit code 1.
fn refused(arguments: &[&str]) -> String {
    let output = lut(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    let line = String::from_utf8(output.stderr).unwrap();
    assert_eq!(line.lines().count(), 1, "{line}");
    line
}

/// Every reference value of the colour crate.
#[test]
fn check_finds_every_reference_value_within_its_tolerance() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lut/tests/data/vectors.json");
    let output = lut(&["check", vectors.to_str().unwrap()]);
    let lines = String::from_utf8(output.stdout).unwrap();
    let bad: Vec<_> = lines.lines().filter(|line| line.starts_with("unknown") || line.starts_with("FAILED")).collect();
    assert!(bad.is_empty() && output.status.success(), "{bad:#?}");
    assert!(lines.contains("121 entries, all within"), "{lines}");
}

#[test]
fn check_fails_for_what_is_wrong_and_for_what_it_does_not_know() {
    let desk = Desk::new();
    let wrong = json!({ "srgb_eotf": { "inputs": [0.5], "outputs": [0.21405] }, "new_curve": {}, "_meta": {} });
    let file = desk.write("wrong.json", &wrong.to_string());
    let output = lut(&["check", &file]);
    assert_eq!(output.status.code(), Some(1));
    let lines = String::from_utf8(output.stdout).unwrap();
    assert!(lines.contains("FAILED") && lines.contains("srgb_eotf"), "{lines}");
    assert!(lines.contains("unknown") && lines.contains("new_curve"), "{lines}");
    assert!(String::from_utf8(output.stderr).unwrap().contains("2 of 2 entries"));
    assert!(refused(&["check", &desk.write("short.json", "{\"srgb_eotf\": {\"inputs\": [1]}}")]).contains("outputs"));
    assert!(refused(&["check", &desk.write("empty.json", "{}")]).contains("no entries"));
}

#[test]
fn info_says_format_size_domain_and_warnings() {
    let desk = Desk::new();
    let file = desk.write("a.cube", "TITLE \"Reel\"\nLUT_FOO 1\nDOMAIN_MAX 2 2 2\nLUT_1D_SIZE 2\n0 0 0\n1 1 1\n");
    let facts = done_json(&["info", &file, "--json"]);
    assert_eq!((&facts["format"], &facts["title"]), (&json!("cube"), &json!("Reel")));
    assert_eq!((&facts["ops"][0]["size"], &facts["ops"][0]["domain"]["max"]), (&json!(2), &json!([2.0, 2.0, 2.0])));
    assert!(facts["warnings"][0].as_str().unwrap().contains("LUT_FOO"), "{facts}");
    assert!(done(&["info", &file]).contains("lut1d"));
    let bad = refused(&["info", &desk.write("b.cube", "LUT_1D_SIZE 2\n0 0\n")]);
    assert!(bad.contains("b.cube: line 2: found 2 numbers, expected 3"), "{bad}");
    assert!(refused(&["info", "/no/such.cube"]).contains("/no/such.cube"));
}

#[test]
fn points_go_through_cdl_then_lut_and_back_where_there_is_a_way() {
    let desk = Desk::new();
    let points = desk.points(&json!([[0.2, 0.4, 0.6]]));
    let cdl = desk.write(
        "half.cc",
        "<ColorCorrection id=\"a\"><SOPNode><Slope>0.5 0.5 0.5</Slope><Offset>0 0 0</Offset><Power>1 1 1</Power></SOPNode></ColorCorrection>",
    );
    let values = |arguments: &[&str]| {
        let mut all = vec!["apply", "--points", &points];
        all.extend(arguments);
        let found: Vec<[f64; 3]> = serde_json::from_value(done_json(&all)["values"].clone()).unwrap();
        found[0].map(|v| (v * 1.0e6).round() / 1.0e6)
    };
    assert_eq!(values(&["--cdl", &cdl, "--lut", &desk.swap()]), [0.3, 0.2, 0.1]);
    assert_eq!(values(&["--lut", &desk.swap(), "--interpolation", "trilinear"]), [0.6, 0.4, 0.2]);
    assert_eq!(values(&["--cdl", &cdl, "--inverse"]), [0.4, 0.8, 1.0]);
    assert!(refused(&["apply", "--points", &points, "--lut", &desk.swap(), "--inverse"]).contains("3D LUT"));
    assert!(refused(&["apply", "--points", &points]).contains("--lut"));
    let wrong = desk.write("wrong.json", "{\"points\": [[1, 2]]}");
    assert!(refused(&["apply", "--points", &wrong, "--lut", &desk.swap()]).contains("wrong.json"));
}

#[test]
fn pictures_keep_their_depth_and_get_the_look() {
    let desk = Desk::new();
    let (wide, narrow) = (desk.path("a.tif"), desk.path("a.png"));
    ImageBuffer::from_fn(3, 2, |x, y| Rgb([60_000_u16, 1000 * x as u16, 7 * y as u16])).save(&wide).unwrap();
    ImageBuffer::from_fn(3, 2, |x, _| Rgb([200_u8, x as u8, 9])).save(&narrow).unwrap();
    ImageBuffer::from_pixel(1, 1, Rgb([30_000_u16, 2, 3])).save(desk.path("wide.png")).unwrap();
    ImageBuffer::from_pixel(1, 1, Rgb([30_u8, 2, 3])).save(desk.path("narrow.tif")).unwrap();
    for (name, out) in [
        ("a.tif", "b.tif"),
        ("a.png", "b.png"),
        ("a.tif", "b.exr"),
        ("b.exr", "back.exr"),
        ("b.exr", "back.tif"),
        ("wide.png", "wide-swapped.png"),
        ("narrow.tif", "narrow-swapped.tif"),
    ] {
        done(&["apply", "--lut", &desk.swap(), "--in", &desk.name(name), "--out", &desk.name(out)]);
    }
    let swapped = image::open(desk.path("b.tif")).unwrap();
    assert_eq!(swapped.as_rgb16().unwrap().get_pixel(2, 1).0, [7, 2000, 60_000]);
    assert_eq!(image::open(desk.path("b.png")).unwrap().as_rgb8().unwrap().get_pixel(1, 0).0, [9, 1, 200]);
    let float = image::open(desk.path("b.exr")).unwrap().into_rgb32f();
    assert!((float.get_pixel(0, 0).0[2] - 60_000.0 / 65_535.0).abs() < 1.0e-6);
    let back = image::open(desk.path("back.exr")).unwrap().into_rgb32f();
    assert!((back.get_pixel(2, 1).0[1] - 2_000.0 / 65_535.0).abs() < 1.0e-6);
    assert_eq!(image::open(desk.path("back.tif")).unwrap(), image::open(&wide).unwrap());
    let small = |name: &str| image::open(desk.path(name)).unwrap();
    assert_eq!(small("wide-swapped.png").as_rgb16().unwrap().get_pixel(0, 0).0, [3, 2, 30_000]);
    assert_eq!(small("narrow-swapped.tif").as_rgb8().unwrap().get_pixel(0, 0).0, [3, 2, 30]);
    let text = desk.write("text.png", "no picture");
    let out = desk.name("c.png");
    assert!(refused(&["apply", "--lut", &desk.swap(), "--in", &text, "--out", &out]).contains("text.png"));
    assert!(!desk.path("c.png").exists());
}

#[test]
fn compare_says_how_far_and_where() {
    let desk = Desk::new();
    let identity = desk.write("id.cube", "LUT_3D_SIZE 2\n0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n");
    let same = done_json(&["compare", &identity, &identity, "--json"]);
    assert_eq!((&same["deltaE2000"]["max"], &same["deltaE-ITP"]["max"]), (&json!(0.0), &json!(0.0)));
    let far = done_json(&["compare", &identity, &desk.swap(), "--json", "--steps", "5"]);
    assert!(far["deltaE2000"]["max"].as_f64().unwrap() > 20.0, "{far}");
    assert!(far["deltaE2000"]["mean"].as_f64().unwrap() > 5.0, "{far}");
    for (name, red) in [("a.png", 100_u8), ("b.png", 101)] {
        ImageBuffer::from_fn(2, 2, |x, _| Rgb([if x == 1 { red } else { 50 }, 50, 50])).save(desk.path(name)).unwrap();
    }
    let near = done_json(&["compare", &desk.name("a.png"), &desk.name("b.png"), "--json"]);
    assert_eq!(near["deltaE2000"]["at"], json!([1, 0]));
    assert!(near["deltaE2000"]["max"].as_f64().unwrap() < 1.0);
    ImageBuffer::from_pixel(3, 2, Rgb([0_u8; 3])).save(desk.path("c.png")).unwrap();
    assert!(refused(&["compare", &desk.name("a.png"), &desk.name("c.png")]).contains("3 x 2"));
}

/// A cube has the curve's values at its entries, and none between them.
#[test]
fn compare_looks_between_the_entries() {
    let desk = Desk::new();
    let curve = desk.write(
        "square.cc",
        "<ColorCorrection id=\"a\"><SOPNode><Slope>1 1 1</Slope><Offset>0 0 0</Offset><Power>2 2 2</Power></SOPNode></ColorCorrection>",
    );
    let cube = desk.name("square.cube");
    done(&["bake", "--cdl", &curve, "--size", "17", "--out", &cube]);
    let far = |steps: &[&str]| {
        let found = done_json(&[&["compare", &curve, &cube, "--json"], steps].concat());
        found["deltaE2000"]["max"].as_f64().unwrap()
    };
    assert!(far(&["--steps", "17"]) < 1.0e-3 && far(&[]) > 0.1);
}

#[test]
fn a_baked_cube_is_the_look() {
    let desk = Desk::new();
    for out in ["baked.cube", "baked.clf"] {
        done(&["bake", "--lut", &desk.swap(), "--size", "5", "--out", &desk.name(out)]);
        let same = done_json(&["compare", &desk.swap(), &desk.name(out), "--json", "--steps", "9"]);
        assert!(same["deltaE2000"]["max"].as_f64().unwrap() < 1.0e-3, "{out}: {same}");
    }
    assert!(refused(&["bake", "--lut", &desk.swap(), "--out", &desk.name("baked.3dl")]).contains(".cube or .clf"));
    assert!(refused(&["bake", "--out", &desk.name("none.cube")]).contains("--lut"));
}

#[test]
fn an_aces_output_transform_is_baked_by_name() {
    let desk = Desk::new();
    let out = desk.name("aces.cube");
    let (display, view) = ("Rec.1886 Rec.709 - Display", "ACES 2.0 - SDR 100 nits (Rec.709)");
    let bake = ["bake", "--aces", "2.0", "--source", "ACEScct", "--size", "17", "--out", &out];
    done(&[&bake[..], &["--display", display, "--view", view]].concat());
    let ops = &done_json(&["info", &out, "--json"])["ops"];
    assert_eq!((&ops[0]["op"], &ops[1]["size"]), (&json!("lut1d"), &json!(17)));
    let unknown = refused(&[&bake[..], &["--display", display, "--view", "Film"]].concat());
    assert!(unknown.contains("\"Film\"") && unknown.contains(view), "{unknown}");
}

#[test]
fn a_configuration_gets_only_the_files_of_the_directory_given() {
    let desk = Desk::new();
    let config = "ocio_profile_version: 2\nroles: {default: raw}\ndisplays:\n  d:\n    - !<View> {name: v, colorspace: graded}\n\
                  colorspaces:\n  - !<ColorSpace> {name: raw}\n  - !<ColorSpace>\n    name: graded\n    \
                  from_scene_reference: !<FileTransform> {src: /elsewhere/swap.cube}\n";
    let config = desk.write("config.ocio", config);
    desk.swap();
    let (out, dir) = (desk.name("out.cube"), desk.name(""));
    let bake =
        ["bake", "--ocio", &config, "--source", "raw", "--display", "d", "--view", "v", "--size", "3", "--out", &out];
    assert!(refused(&bake).contains("/elsewhere/swap.cube"));
    done(&[&bake[..], &["--files", &dir]].concat());
    let same = done_json(&["compare", &desk.name("swap.cube"), &out, "--json", "--steps", "5"]);
    assert!(same["deltaE2000"]["max"].as_f64().unwrap() < 1.0e-3, "{same}");
}

#[test]
fn a_view_of_a_configuration_goes_into_the_library_and_one_that_is_not_named_is_asked_for() {
    let desk = Desk::new();
    let config = "ocio_profile_version: 2\nroles: {default: raw}\ndisplays:\n  d:\n    - !<View> {name: v, colorspace: raw}\n\
                  colorspaces:\n  - !<ColorSpace> {name: raw}\n";
    let (config, data) = (desk.write("show.ocio", config), desk.name("data"));
    std::fs::create_dir(&data).unwrap();
    let house = ["project", "create", "House 2", "--json", "--data", &data];
    assert!(Command::new(env!("CARGO_BIN_EXE_vitrine")).args(house).output().unwrap().status.success());
    assert!(
        refused(&["add", &config, "--data", &data])
            .contains("[\"raw\"], and --display and --view, of \"d\" with views [\"v\"]")
    );
    let view = ["add", &config, "--source", "raw", "--display", "d", "--view", "v", "--json", "--data", &data];
    assert_eq!(done_json(&view)["name"], "show.ocio, raw, d, v.cube");
    assert_eq!(done_json(&["add", &desk.swap(), "--json", "--data", &data])["name"], "swap.cube");
}

#[test]
fn the_colour_benchmark_has_a_row_for_every_instruction_set() {
    let arguments = ["bench", "color", "--rounds", "1", "--frames", "1", "--json"];
    let output = Command::new(env!("CARGO_BIN_EXE_vitrine")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = report["rows"].as_array().unwrap();
    for level in ::lut::Level::available() {
        let level = format!("{level:?}");
        assert!(rows.iter().any(|row| row["level"] == level.as_str() && row["cpu_ms"]["median"].as_f64() > Some(0.0)));
    }
    assert_eq!(rows[0]["ratio_to_first"]["median"], 1.0);
}
