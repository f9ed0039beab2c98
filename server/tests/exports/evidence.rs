//! The report about a leak, read by poppler: a person has to be able to follow it.

use std::process::Command;

use forensic::detect::Gray;
use forensic::{Depth, LumaRef};
use uuid::Uuid;
use vitrine::domain::evidence::{Evidence, LeakFile, METHOD, Method, Place, Suspect};
use vitrine::domain::instant::UtcInstant;
use vitrine::export;

fn suspect(name: &str, z: f64) -> Suspect {
    Suspect {
        viewing: Uuid::from_u128(z.to_bits().into()),
        review: Uuid::from_u128(5),
        name: name.to_owned(),
        email: "somebody@example.org".to_owned(),
        ip: "203.0.113.24".to_owned(),
        session_code: "K7QX-2M".to_owned(),
        started_at: UtcInstant::from_ms(1_795_292_107_000),
        ended_at: None,
        z,
        p: 1e-30,
        named: z > 8.0,
        subtracted: false,
        source_frame: None,
    }
}

fn evidence(suspects: Vec<Suspect>) -> Evidence {
    let viewings = suspects.len();
    Evidence {
        made_at: UtcInstant::from_ms(1_795_299_307_000),
        leak: LeakFile { name: "leak.mp4".to_owned(), sha256: "0badc0de".repeat(8), bytes: 4_711, pictures: 250 },
        scope: format!("review:{}", Uuid::from_u128(5)),
        places: vec![Place {
            reference: "4f2a.frames".to_owned(),
            review: Some(Uuid::from_u128(5)),
            pictures: vec![4, 8, 12],
            source_frames: vec![1_004, 1_008, 1_012],
            likeness: 0.987,
            mirrored: false,
            map: None,
        }],
        alone: None,
        suspects,
        method: Method { text: METHOD, viewings, hypotheses: 48, sure: 1e-9, needed_z: 7.12 },
        record: Vec::new(),
    }
}

/// A slope from left to right, and one from top to bottom.
fn pictures() -> [Gray; 2] {
    let slope = |along: fn(usize) -> usize| {
        let codes: Vec<u8> = (0..480 * 270).map(|at| 16 + (along(at) * 219 / 480) as u8).collect();
        Gray::from(LumaRef::new(&codes, 480, 480, 270, Depth::Eight).unwrap())
    };
    [slope(|at| at % 480), slope(|at| at / 480)]
}

fn poppler(program: &str, arguments: &[&str], pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("evidence.pdf");
    std::fs::write(&path, pdf).unwrap();
    let out = if program == "pdftotext" { Some("-") } else { None };
    let output = Command::new(program).args(arguments).arg(&path).args(out).output().expect("poppler-utils");
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Writes the report for people when they ask for it.
fn show(name: &str, pdf: &[u8]) {
    let Some(folder) = std::env::var_os("VITRINE_WRITE_PICTURES") else { return };
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(std::path::Path::new(&folder).join(name), pdf).unwrap();
}

#[test]
fn the_report_says_who_by_what_figures_and_shows_both_pictures() {
    let evidence = evidence(vec![suspect("Ana Ito", 41.27), suspect("田中 愛子", -0.61)]);
    let pdf = export::pdf::evidence::write(&evidence, Some(&pictures())).unwrap();
    show("evidence.pdf", &pdf);
    let text: String = poppler("pdftotext", &["-raw"], &pdf).split_whitespace().collect::<Vec<_>>().join(" ");
    for part in ["carries the mark of: Ana Ito", "z 41.27", "z -0.61", "not named", "田中 愛子", "z = 7.12", "leak.mp4"]
    {
        assert!(text.contains(part), "{part:?} is missing in {text}");
    }
    assert!(text.replace(' ', "").contains(&"0badc0de".repeat(8)), "{text}");
    let images = poppler("pdfimages", &["-list"], &pdf);
    assert_eq!(images.lines().filter(|line| line.contains(" image ")).count(), 2, "{images}");
}

#[test]
fn the_report_says_that_there_is_no_decision_and_why() {
    let pdf = export::pdf::evidence::write(&evidence(vec![suspect("Ana Ito", 2.5)]), None).unwrap();
    let text = poppler("pdftotext", &["-raw"], &pdf);
    assert!(text.contains("No decision") && !text.contains("carries the mark"), "{text}");
}
