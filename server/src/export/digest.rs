//! A digest of comments as a mail: what it is about, plain text, and HTML without pictures, scripts or anything to load. No
//! guest's e-mail address, no link with a secret.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use super::csv::status;
use super::printable::printable;
use crate::domain::comment::{Category, Comment, Priority};
use crate::domain::digest::{Digest, ReviewPart, Rhythm};
use crate::domain::instant::UtcInstant;
use crate::domain::log::Thread;

const STOP: &str = "You asked for this in the console. Projects, \"Comments by e-mail\" stops it.";
const TABLE: &str = "border-collapse:collapse;width:100%;max-width:60em";
const CELL: &str = "padding:6px 12px 6px 0;vertical-align:top;border-top:1px solid #ccc";
const QUIET: &str = "color:#555";

/// To the minute.
fn minute(at: UtcInstant) -> String {
    let text = at.to_string();
    format!("{} {} UTC", text.get(..10).unwrap_or_default(), text.get(11..16).unwrap_or_default())
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What stands in the list of mails.
pub fn subject(digest: &Digest) -> String {
    let threads = counted(digest.threads(), "comment", "comments");
    match digest.rhythm {
        Rhythm::Daily => format!("{}: {threads}, new or changed", printable(&digest.project)),
        Rhythm::ReviewEnd => {
            format!(
                "{}: {} ended, {threads}",
                printable(&digest.project),
                counted(digest.reviews.len(), "review", "reviews")
            )
        }
    }
}

fn opening(digest: &Digest) -> String {
    let project = printable(&digest.project);
    match digest.rhythm {
        Rhythm::Daily => format!("Comments of {project} that are new or changed since {}.", minute(digest.since)),
        Rhythm::ReviewEnd => format!("What was said in reviews of {project} that have ended."),
    }
}

/// What stands beside the author: status, category, priority.
fn standing(first: &Comment) -> String {
    let category = first.category.map(Category::name);
    let priority = (first.priority != Priority::Normal).then_some(first.priority.as_str());
    let words = std::iter::once(status(first)).chain(category).chain(priority);
    words.collect::<Vec<_>>().join(", ")
}

/// The digest as plain text. What people said is indented, so that none of it reads as a line of the digest itself.
pub fn text(digest: &Digest) -> String {
    let mut text = format!("{}\n", opening(digest));
    for review in &digest.reviews {
        let title = printable(&review.title);
        let _ = write!(text, "\n\n{title}\n{}\n", "=".repeat(title.chars().count().min(72)));
        if review.threads.is_empty() {
            text.push_str("\nNo comments.\n");
        }
        for thread in &review.threads {
            plain_thread(&mut text, thread);
        }
    }
    if digest.more {
        text.push_str("\n\nThere are more than fit here; the console's log has them all.\n");
    }
    if let Some(console) = &digest.console {
        let _ = write!(text, "\n\n{console}\n");
    }
    let _ = write!(text, "\n{STOP}\n");
    text
}

fn plain_thread(text: &mut String, Thread { first, answers, .. }: &Thread) {
    let _ = writeln!(text, "\n{}  {}  ({})", first.timecode, printable(&first.author), standing(first));
    for line in printable(&first.text).lines() {
        let _ = writeln!(text, "    {line}");
    }
    for answer in answers {
        let said = printable(&answer.text);
        let mut lines = said.lines();
        let _ = writeln!(text, "    > {}: {}", printable(&answer.author), lines.next().unwrap_or_default());
        for line in lines {
            let _ = writeln!(text, "    >   {line}");
        }
    }
}

fn shown(text: &str) -> String {
    escape(printable(text).as_str()).replace('\n', "<br>")
}

/// The digest as HTML.
pub fn html(digest: &Digest) -> String {
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title></head>\
         <body style=\"font-family:sans-serif;color:#222;background:#fff\"><p>{}</p>",
        shown(&digest.project),
        shown(&opening(digest))
    );
    digest.reviews.iter().for_each(|review| html_review(&mut html, review));
    if digest.more {
        html.push_str("<p>There are more than fit here; the console's log has them all.</p>");
    }
    if let Some(console) = &digest.console {
        let _ = write!(html, "<p><a href=\"{0}\">{0}</a></p>", shown(console));
    }
    let _ = write!(html, "<p style=\"{QUIET}\">{}</p></body></html>", shown(STOP));
    html
}

fn html_review(html: &mut String, review: &ReviewPart) {
    let _ = write!(html, "<h2 style=\"font-size:1.1em\">{}</h2>", shown(&review.title));
    if review.threads.is_empty() {
        html.push_str("<p>No comments.</p>");
        return;
    }
    let _ = write!(html, "<table style=\"{TABLE}\">");
    for Thread { first, answers, .. } in &review.threads {
        let _ = write!(
            html,
            "<tr><td style=\"{CELL};white-space:nowrap\">{}</td><td style=\"{CELL}\">{} <span style=\"{QUIET}\">({})</span><br>{}",
            shown(&first.timecode),
            shown(&first.author),
            shown(&standing(first)),
            shown(&first.text)
        );
        for answer in answers {
            let _ = write!(
                html,
                "<div style=\"margin:6px 0 0 1em\"><span style=\"{QUIET}\">{}:</span> {}</div>",
                shown(&answer.author),
                shown(&answer.text)
            );
        }
        html.push_str("</td></tr>");
    }
    html.push_str("</table>");
}
