//! `vitrine identify --code`.

use serde_json::json;

use super::print_json;
use crate::domain::audit::By;
use crate::service::Services;
use crate::service::identify::Scope;

/// Says whose code somebody read off a picture.
pub async fn find(services: &Services, code: &str, scope: Option<Scope>, as_json: bool) -> anyhow::Result<()> {
    let found = services.find_code(code, scope, &By::COMMAND_LINE).await?;
    if as_json {
        let bearers = found.bearers.iter().map(|bearer| {
            json!({ "viewing": bearer.viewing, "review": bearer.review, "name": bearer.name, "email": bearer.email,
                "ip": bearer.ip, "session_code": bearer.session_code, "started_at": bearer.started_at,
                "ended_at": bearer.ended_at })
        });
        return print_json(&json!({ "misread": found.misread, "bearers": bearers.collect::<Vec<_>>() }));
    }
    match (found.misread, found.bearers.len()) {
        (true, 0) => {
            println!("Not a code: something was misread, and no code is nearly that. Put ? where you are not sure.")
        }
        (true, _) => println!("Not a code: something was misread. Codes that are nearly that:"),
        (false, 0) => println!("No viewing has this code."),
        (false, _) => {}
    }
    for bearer in &found.bearers {
        let until = bearer.ended_at.map_or_else(|| "now".to_owned(), |at| at.to_string());
        println!(
            "{}  {} <{}>  {}  {}  from {} to {until}  review {}",
            bearer.session_code, bearer.name, bearer.email, bearer.ip, bearer.viewing, bearer.started_at, bearer.review
        );
    }
    Ok(())
}
