//! OpenColorIO configurations: what they give, and that nothing is opened behind the caller's back.

use lut::bake::{Config, ConfigError, MAX_BYTES, OBEYED};
use lut::formats;

/// A configuration with a view that needs a file, and one that does not.
fn config(file: &str) -> String {
    format!(
        "ocio_profile_version: 2
search_path: /
environment: {{}}
roles: {{default: raw, scene_linear: raw}}
displays:
  monitor:
    - !<View> {{name: plain, colorspace: half}}
    - !<View> {{name: graded, colorspace: graded}}
colorspaces:
  - !<ColorSpace> {{name: raw}}
  - !<ColorSpace>
    name: half
    from_scene_reference: !<MatrixTransform> {{matrix: [0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 1]}}
  - !<ColorSpace>
    name: graded
    from_scene_reference: !<GroupTransform>
      children:
        - !<FileTransform> {{src: {file}, interpolation: linear}}
"
    )
}

fn none(_: &str) -> Option<lut::Lut> {
    None
}

#[test]
fn a_view_is_what_the_configuration_says() {
    let config = Config::read(config("grade.cube").as_bytes(), &none).unwrap();
    assert_eq!(config.displays(), ["monitor"]);
    assert_eq!(config.views("monitor"), ["plain", "graded"]);
    let view = config.display_view("raw", "monitor", "plain").unwrap();
    assert_eq!(view.apply([1.0, 0.5, -0.25]), [0.5, 0.25, -0.125]);
    assert_eq!(config.conversion("half", "raw").unwrap().apply([0.5; 3]), [1.0; 3]);
}

#[test]
fn a_file_that_is_there_is_not_opened_when_it_was_not_supplied() {
    let dir = std::env::temp_dir().join(format!("lut-bake-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let file = dir.join("grade.cube");
    std::fs::write(&file, "LUT_1D_SIZE 2\n1 1 1\n0 0 0\n").unwrap();
    let config = Config::read(config(file.to_str().unwrap()).as_bytes(), &none).unwrap();
    let refused = config.display_view("raw", "monitor", "graded").unwrap_err();
    std::fs::remove_dir_all(&dir).unwrap();
    assert!(matches!(&refused, ConfigError::File { file, .. } if file.ends_with("grade.cube")), "{refused}");
    assert!(refused.to_string().contains("was not supplied"), "{refused}");
}

#[test]
fn a_supplied_file_takes_its_place() {
    let files =
        |name: &str| (name == "grade.cube").then(|| formats::read(b"LUT_1D_SIZE 2\n1 1 1\n0 0 0.5\n", None).unwrap());
    let config = Config::read(config("grade.cube").as_bytes(), &files).unwrap();
    let view = config.display_view("raw", "monitor", "graded").unwrap();
    assert_eq!(view.apply([0.25, 0.5, 1.0]), [0.75, 0.5, 0.5]);
}

#[test]
fn unknown_names_are_answered_with_those_there_are() {
    let config = Config::read(config("grade.cube").as_bytes(), &none).unwrap();
    let message = |source, display, view| config.display_view(source, display, view).unwrap_err().to_string();
    assert!(
        message("nothing", "monitor", "plain").contains("\"nothing\"")
            && message("x", "monitor", "plain").contains("half")
    );
    assert!(message("raw", "cinema", "plain").contains("no display \"cinema\", expected one of [\"monitor\"]"));
    assert!(message("raw", "monitor", "film").contains("\"graded\""));
}

/// In a process of its own, because variables belong to the process: it runs the test below.
#[test]
fn a_variable_that_would_change_a_configuration_is_refused_by_name() {
    for variable in OBEYED {
        let ran = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "config::in_such_an_environment", "--ignored"])
            .env(variable, "nothing")
            .env("EXPECTED", variable)
            .output()
            .unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
    }
}

#[test]
#[ignore = "run by the test above"]
fn in_such_an_environment() {
    let expected = std::env::var("EXPECTED").unwrap();
    for refused in [Config::read(config("grade.cube").as_bytes(), &none), Config::aces_1_3(), Config::aces_2_0()] {
        assert!(matches!(refused.unwrap_err(), ConfigError::Environment { variable } if variable == expected));
    }
}

#[test]
fn what_is_no_configuration_is_refused() {
    for bytes in [&b""[..], b"\xff\xfe", b"LUT_3D_SIZE 2", b"ocio_profile_version: 99", b"{", b"- !<Look> {}"] {
        let refused = Config::read(bytes, &none).unwrap_err();
        assert!(matches!(refused, ConfigError::Syntax(_)), "{refused:?}");
    }
    let refused = Config::read(&vec![b' '; MAX_BYTES + 1], &none).unwrap_err();
    assert_eq!(refused, ConfigError::TooLarge { found: MAX_BYTES + 1 });
}
