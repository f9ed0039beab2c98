//! Every route for everybody, compared with the written table of docs/access.md.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use sqlx::SqliteConnection;
use uuid::Uuid;
use vitrine::domain::access::{Object, Permission, Reach, authorize, reach};
use vitrine::domain::account::{AccountActor, Role};
use vitrine::domain::audit::{Actor, By};
use vitrine::domain::instant::UtcInstant;
use vitrine::domain::link;
use vitrine::domain::project::{Classification, ProjectFacts};
use vitrine::domain::secret::Token;
use vitrine::token::random as secrets;

use crate::support::{Answer, HOST, House, ORIGIN, PASSWORD, redeem_body};

/// An OpenColorIO configuration: a space `raw`, a display `d` with a view `v` that changes nothing.
const OCIO: &str = "b2Npb19wcm9maWxlX3ZlcnNpb246IDIKcm9sZXM6IHtkZWZhdWx0OiByYXd9CmRpc3BsYXlzOgogIGQ6CiAgICAtICE8Vmll\
    dz4ge25hbWU6IHYsIGNvbG9yc3BhY2U6IHJhd30KY29sb3JzcGFjZXM6CiAgLSAhPENvbG9yU3BhY2U+IHtuYW1lOiByYXd9\
    Cg==";

/// Columns of both tables, after the first.
const WHO: [&str; 6] = ["admin", "producer", "colourist", "security lead", "guest", "signed out"];

/// Rows of a table of docs/access.md by their first cell.
fn table(heading: &str) -> BTreeMap<String, Vec<String>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/access.md");
    let text = std::fs::read_to_string(file).unwrap();
    let section = text.split_once(&format!("\n## {heading}\n")).unwrap().1;
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with('|')).map(|line| {
        let cells = line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`').to_owned());
        cells.collect::<Vec<_>>()
    });
    let mut rows = rows.collect::<Vec<_>>().into_iter();
    assert_eq!(rows.next().unwrap()[1..], WHO.map(str::to_owned), "{heading}: the columns");
    rows.skip(1).map(|mut cells| (cells.remove(0), cells)).collect()
}

fn account(role: Role, projects: &[Uuid]) -> Actor {
    let (id, user) = (Uuid::now_v7(), "somebody".to_owned());
    Actor::Account(AccountActor { id, user, role, projects: projects.to_vec(), second_factor: true })
}

#[test]
fn the_rule_is_the_written_one() {
    let written = table("Permissions");
    let review = Uuid::now_v7();
    let roles = [Role::Admin, Role::Producer, Role::Colourist, Role::SecurityLead];
    let actors = roles.map(|role| account(role, &[])).into_iter();
    let actors: Vec<_> = actors.chain([Actor::Viewer { id: review, review }, Actor::Stranger]).collect();
    for permission in Permission::ALL {
        let cells = written.get(permission.as_str()).unwrap_or_else(|| panic!("{permission} has no row"));
        for (actor, cell) in actors.iter().zip(cells) {
            let expected = match cell.as_str() {
                "yes" => Reach::Any,
                "own" => Reach::Own,
                "-" => Reach::Never,
                other => panic!("{permission}: {other}"),
            };
            assert_eq!(reach(actor, *permission), expected, "{permission} for {actor:?}");
        }
    }
    assert_eq!(written.len(), Permission::ALL.len(), "rows without a permission");
}

#[test]
fn what_is_not_own_is_not_even_known_and_a_secret_project_demands_a_second_factor() {
    let project = |classification| ProjectFacts { id: Uuid::now_v7(), classification };
    let review = |project| Object::Review { id: Uuid::now_v7(), project };
    let own = project(Classification::Internal);
    let producer = account(Role::Producer, &[own.id]);
    let denied = |actor: &Actor, permission, object: &Object| {
        authorize(actor, permission, object).err().map(|denied| denied.to_string())
    };
    assert_eq!(denied(&producer, Permission::ReviewSee, &review(own)), None);
    let foreign = review(project(Classification::Internal));
    assert_eq!(denied(&producer, Permission::ReviewSee, &foreign).unwrap(), "not_own");
    assert_eq!(denied(&producer, Permission::ReviewColor, &foreign).unwrap(), "not_own");
    assert_eq!(denied(&producer, Permission::ReviewColor, &review(own)).unwrap(), "not_granted");
    for classification in [Classification::Confidential, Classification::Restricted] {
        let secret = review(project(classification));
        let admin = account(Role::Admin, &[]);
        assert_eq!(denied(&admin, Permission::ReviewSee, &secret), None);
        let Actor::Account(without) = admin else { unreachable!() };
        let without = Actor::Account(AccountActor { second_factor: false, ..without });
        assert_eq!(denied(&without, Permission::ReviewSee, &secret).unwrap(), "second_factor_missing");
        assert_eq!(denied(&without, Permission::ReviewSee, &foreign), None);
        let all = Object::Projects(classification);
        assert_eq!(denied(&without, Permission::AuditOfHouse, &all).unwrap(), "second_factor_missing");
        assert_eq!(denied(&without, Permission::AuditOfHouse, &Object::Projects(Classification::Internal)), None);
    }
}

/// Whatever a route may be about, made anew for each request.
struct Scene {
    project: Uuid,
    review: Uuid,
    link: Uuid,
    viewer: Uuid,
    viewing: Uuid,
    account: Uuid,
    session: Uuid,
    lut: Uuid,
    comment: Uuid,
    source: Uuid,
    passkey: Uuid,
}

/// Makes things fast: straight into the database, with one password hash for all.
struct Maker<'a> {
    house: &'a House,
    database: SqliteConnection,
    hash: String,
}

impl Maker<'_> {
    async fn run(&mut self, sql: &'static str, values: &[&str]) {
        let query = values.iter().fold(sqlx::query(sql), |query, value| query.bind((*value).to_owned()));
        query.execute(&mut self.database).await.unwrap();
    }

    /// An account with a second factor.
    async fn account(&mut self, role: &str) -> Uuid {
        let id = Uuid::now_v7();
        let (text, hash) = (id.to_string(), self.hash.clone());
        let sql = "INSERT INTO accounts (id, user, password_hash, role, created_at) VALUES (?, ?, ?, ?, 0)";
        self.run(sql, &[&text, &format!("user-{id}"), &hash, role]).await;
        let sql = "INSERT INTO totp (account_id, secret, confirmed_at) VALUES (?, randomblob(20), 1)";
        self.run(sql, &[&text]).await;
        id
    }

    /// An open session: its id and its cookie.
    async fn session(&mut self, account: Uuid) -> (Uuid, String) {
        let (id, token) = (Uuid::now_v7(), Token::from_bytes(random()));
        let now = UtcInstant::now().as_ms();
        sqlx::query("INSERT INTO account_sessions VALUES (?1, ?2, ?3, ?4, ?4, ?4, '192.0.2.1', 'Test', 0)")
            .bind(id.to_string())
            .bind(token.hash().as_bytes())
            .bind(account.to_string())
            .bind(now)
            .execute(&mut self.database)
            .await
            .unwrap();
        (id, format!("__Host-vitrine-account={}", token.reveal().as_str()))
    }

    /// A viewer in the room of a link, with a running viewing: their ids and the cookie.
    async fn viewer(&mut self, review: Uuid, link: Uuid) -> (Uuid, Uuid, String) {
        let (id, viewing, token) = (Uuid::now_v7(), Uuid::now_v7(), Token::from_bytes(random()));
        let now = UtcInstant::now().as_ms();
        sqlx::query(
            "INSERT INTO viewers (id, review_id, link_id, token_hash, ip, browser, session_code, joined_at, seen_at)
             VALUES (?1, ?2, ?3, ?4, '192.0.2.1', 'Test', ?1, ?5, ?5)",
        )
        .bind(id.to_string())
        .bind(review.to_string())
        .bind(link.to_string())
        .bind(token.hash().as_bytes())
        .bind(now)
        .execute(&mut self.database)
        .await
        .unwrap();
        let sql = "INSERT INTO viewings (id, viewer_id, review_id, started_at) VALUES (?, ?, ?, 0)";
        self.run(sql, &[&viewing.to_string(), &id.to_string(), &review.to_string()]).await;
        (id, viewing, format!("__Host-vitrine-viewer={}", token.reveal().as_str()))
    }

    /// A project with everything in it, `account` and `session` those of somebody else.
    async fn scene(&mut self) -> Scene {
        let project = Uuid::now_v7();
        let text = project.to_string();
        self.run(
            "INSERT INTO projects (id, name, classification, created_at) VALUES (?, ?, 'internal', 0)",
            &[&text, &text],
        )
        .await;
        let (now, hour) = (UtcInstant::now(), Duration::from_secs(3_600));
        let review = self.house.review_in(Some(project), now, now.plus(hour)).await;
        let link = Uuid::now_v7();
        let sql = "INSERT INTO links (id, review_id, name, email, secret_hash, passphrase_hash, expires_at, created_at)
                   VALUES (?, ?, 'Ana', 'ana@example.org', randomblob(32), 'none', 9999999999999, 0)";
        self.run(sql, &[&link.to_string(), &review.to_string()]).await;
        let (viewer, viewing, _) = self.viewer(review, link).await;
        let account = self.account("colourist").await;
        let (session, _) = self.session(account).await;
        let lut = Uuid::now_v7();
        let sql = "INSERT INTO luts (id, sha256, name, data, listed_at) VALUES (?, ?, 'show.cube', x'00', 0)";
        self.run(sql, &[&lut.to_string(), &lut.to_string()]).await;
        let comment = self.comment(review, viewer, link, viewing).await;
        let source = Uuid::now_v7();
        let sql = "INSERT INTO review_sources (id, review_id, name, source, input_color, drop_frame, added_at)
                   VALUES (?, ?, 'Reel 2', '{\"kind\":\"slate\"}', 'from-tags', 0, 0)";
        self.run(sql, &[&source.to_string(), &review.to_string()]).await;
        let passkey = self.passkey(account).await;
        Scene { project, review, link, viewer, viewing, account, session, lut, comment, source, passkey }
    }

    async fn passkey(&mut self, account: Uuid) -> Uuid {
        let id = Uuid::now_v7();
        let sql = "INSERT INTO passkeys (id, account_id, credential, public_key, algorithm, counter, synced, name, created_at)
                   VALUES (?, ?, randomblob(16), x'00', -7, 0, 0, 'Key', 0)";
        self.run(sql, &[&id.to_string(), &account.to_string()]).await;
        id
    }

    async fn comment(&mut self, review: Uuid, viewer: Uuid, link: Uuid, viewing: Uuid) -> Uuid {
        let id = Uuid::now_v7();
        let sql = "INSERT INTO comments (id, review_id, revision, viewer_id, link_id, viewing_id, author, email, text,
                       source_frame, duration_frames, rate_num, rate_den, drop_frame, timecode, priority, mentions, created_at,
                       source_id)
                   VALUES (?, ?, 1, ?, ?, ?, 'Ana', 'ana@example.org', 'dark', 0, 1, 25, 1, 0, '01:00:00:00', 'normal', '', 0,
                       (SELECT source_id FROM reviews WHERE id = ?))";
        let ids = [id, review, viewer, link, viewing, review].map(|id| id.to_string());
        self.run(sql, &ids.each_ref().map(String::as_str)).await;
        let sql = "INSERT INTO stills (comment_id, width, height, jpeg, made_at) VALUES (?, 16, 16, x'00', 0)";
        self.run(sql, &[&id.to_string()]).await;
        id
    }

    async fn join(&mut self, account: Uuid, project: Uuid) {
        let sql = "INSERT INTO memberships (account_id, project_id) VALUES (?, ?)";
        self.run(sql, &[&account.to_string(), &project.to_string()]).await;
    }
}

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(Uuid::new_v4().as_bytes());
    bytes[16..].copy_from_slice(Uuid::new_v4().as_bytes());
    bytes
}

fn path_of(route: &str, scene: &Scene) -> String {
    let id = match route.split('/').nth(2).unwrap_or_default() {
        "links" => scene.link,
        "viewers" => scene.viewer,
        "accounts" => scene.account,
        "sessions" => scene.session,
        "projects" => scene.project,
        "luts" => scene.lut,
        "passkeys" => scene.passkey,
        "comments" | "log" => scene.comment,
        _ => scene.review,
    };
    let names = [
        ("{id}", id),
        ("{review}", scene.review),
        ("{viewing}", scene.viewing),
        ("{publishing}", scene.viewing),
        ("{account}", scene.account),
        ("{source}", scene.source),
    ];
    let path = names.iter().fold(route.to_owned(), |path, (name, id)| path.replace(name, &id.to_string()));
    path.replace("{format}", "csv")
}

/// A body that is right, so that nothing but the right to send it is in question.
async fn body_of(house: &House, route: &str, scene: &Scene) -> Value {
    let now = UtcInstant::now();
    match route {
        "POST /api/reviews" => json!({ "project": scene.project, "title": "A", "host": "B", "starts_at": now,
            "ends_at": now.plus(Duration::from_secs(60)), "source": { "kind": "test-reel" } }),
        "POST /api/reviews/{id}/links" => json!({ "name": "A", "email": "a@b" }),
        "POST /api/reviews/{id}/sources" => json!({ "source": { "kind": "slate" } }),
        "POST /api/reviews/{id}/transport" => json!({ "action": "pause" }),
        "PATCH /api/reviews/{id}/look" => json!({ "range": "full" }),
        "POST /api/reviews/{id}/replies" => json!({ "text": "Id,Reply\n" }),
        "POST /api/luts/configuration" => json!({ "config": OCIO }),
        "POST /api/luts/view" => {
            json!({ "name": "a.ocio", "config": OCIO, "color_space": "raw", "display": "d", "view": "v" })
        }
        "POST /api/luts" => json!({ "name": "show.cube", "text": "LUT_1D_SIZE 2\n0 0 0\n1 1 1\n" }),
        "POST /api/viewers/{id}/target" => json!({ "target": "display-p3" }),
        "POST /api/reviews/{id}/input-color" => json!({ "input_color": "srgb" }),
        "POST /api/accounts" => {
            json!({ "user": Uuid::now_v7().to_string(), "password": PASSWORD, "role": "colourist" })
        }
        "POST /api/accounts/{id}/role" => json!({ "role": "producer" }),
        "PUT /api/projects/{id}/digest" => json!({ "email": "a@example.org", "rhythm": "daily" }),
        "PUT /api/projects/{id}/networks" => json!({ "networks": [] }),
        "POST /api/networks/revoke" => json!({ "networks": ["198.51.100.0/24"] }),
        "PUT /api/projects/{id}/mark" | "POST /api/projects/{id}/mark/preview" => crate::mark_template::template(),
        "PUT /api/projects/{id}/clean-hold" => json!({ "allowed": true }),
        "POST /api/reviews/{id}/clean-hold" => json!({ "seconds": 5 }),
        "POST /api/codes" => json!({ "code": "K7PX-3MRE" }),
        "POST /api/notifications/test" => {
            house.services.set_notification_targets(&["siem".to_owned()]).await.unwrap();
            json!({ "target": "siem" })
        }
        "POST /api/projects" => json!({ "name": Uuid::now_v7().to_string(), "classification": "internal" }),
        "POST /api/projects/{id}/classification" => json!({ "classification": "confidential" }),
        "POST /api/password" => json!({ "old": "not the old one", "new": "a new long password" }),
        "POST /api/sign-in" => {
            let user = house.services.accounts(&By::COMMAND_LINE).await.unwrap().remove(0).user;
            json!({ "user": user, "password": PASSWORD })
        }
        "POST /api/sign-in/code" | "POST /api/factors/totp/confirm" => json!({ "code": "000000" }),
        "POST /api/passkeys" => json!({ "name": "Key", "client_data": "", "authenticator_data": "", "public_key": "",
            "algorithm": -7 }),
        "POST /api/sign-in/passkey" | "POST /api/passkey-sign-in" => {
            json!({ "credential": "", "client_data": "", "authenticator_data": "", "signature": "" })
        }
        "POST /api/comments" => {
            json!({ "id": Uuid::now_v7(), "viewing_id": scene.viewing, "rtp_timestamp": 3_600, "text": "dark" })
        }
        "PATCH /api/comments/{id}" | "PATCH /api/log/{id}" => json!({ "resolved": true }),
        "POST /api/log/{id}/answers" => json!({ "id": Uuid::now_v7(), "text": "done" }),
        "POST /api/chat" | "POST /api/reviews/{id}/chat" => json!({ "id": Uuid::now_v7(), "text": "hello" }),
        "PATCH /api/reviews/{id}/floor" => json!({ "talkback": Uuid::now_v7().to_string() }),
        "POST /api/viewers/{id}/mute" => json!({ "muted": true }),
        "PUT /api/room/display" => display(),
        "PUT /api/room/probe" => crate::probe::file("srgb"),
        "POST /api/room/proof" => crate::proof::report(scene.viewing, "true", &[]),
        "POST /api/links/code" => {
            let link = house.link(house.review().await).await;
            let (ticket, code) = (secrets::token().unwrap(), secrets::link_code().unwrap());
            sqlx::query("INSERT INTO link_codes (ticket_hash, link_id, code_hash, sent_at) VALUES (?, ?, ?, ?)")
                .bind(ticket.hash().as_bytes())
                .bind(link.link.id.to_string())
                .bind(link::code_hash(&ticket, &code).as_slice())
                .bind(now.as_ms())
                .execute(&mut house.raw().await)
                .await
                .unwrap();
            json!({ "ticket": ticket.reveal().as_str(), "code": code.reveal() })
        }
        "POST /api/links/inspect" | "POST /api/links/redeem" => {
            let link = house.link(house.review().await).await;
            let mut body = redeem_body(&link, link.passphrase.reveal());
            if route.ends_with("inspect") {
                body.as_object_mut().unwrap().remove("passphrase");
            }
            body
        }
        _ => json!({}),
    }
}

fn display() -> Value {
    json!({ "gamut": "p3", "hdr": false, "depth_bits": 8, "width": 2560, "height": 1440, "scale_percent": 100,
        "blacks": true, "whites": true, "greys": true, "patches": true })
}

async fn ask(house: &House, route: &str, scene: &Scene, cookie: &str, lease: Option<&str>) -> Answer {
    let (method, path) = route.split_once(' ').unwrap();
    let method: Method = method.parse().unwrap();
    let path = match route {
        "GET /api/oidc/back" => "/api/oidc/back?state=x&code=y".to_owned(),
        "POST /api/traces" => format!("/api/traces?review={}&name=leak.png", scene.review),
        route if route.contains("/api/traces/{id}") => {
            let id = crate::trace::compared(house, scene.review).await.id;
            path.replace("{id}", &id.to_string()).replace("{file}", "evidence.pdf")
        }
        "GET /api/audit?review={id}" => format!("/api/audit?review={}", scene.review),
        "GET /api/audit/{format}?review={id}" => format!("/api/audit/csv?review={}", scene.review),
        _ => path_of(path, scene),
    };
    let mut request = Request::builder().method(&method).uri(path).header("host", HOST).header("cookie", cookie);
    if method != Method::GET {
        request = request.header("origin", ORIGIN);
    }
    if let Some(lease) = lease {
        request = request.header("authorization", format!("Bearer {lease}"));
    }
    let body = if route.starts_with("POST /whep") || route.starts_with("POST /whip") {
        request = request.header("content-type", "application/sdp");
        Body::from("offer")
    } else if route == "PUT /api/comments/{id}/still" {
        request = request.header("content-type", "image/jpeg");
        Body::from(crate::comment::jpeg(32, 32))
    } else {
        request = request.header("content-type", "application/json");
        Body::from(body_of(house, route, scene).await.to_string())
    };
    house.send(request.body(body).unwrap()).await
}

/// Whether an answer says that the asker has no right, for whatever reason.
fn denied(answer: &Answer) -> bool {
    let words = ["not_signed_in", "not_joined", "forbidden", "not_found", "lease_refused", "key_refused", "refused"];
    matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND)
        && words.contains(&answer.code().as_str())
}

/// Every route of the document; the record counts twice, since it may be read of one review or of the house.
async fn routes(house: &House) -> Vec<String> {
    let document = house.get("/openapi.json", "").await.json();
    let mut routes: Vec<String> =
        ["GET /api/audit?review={id}", "GET /api/audit/{format}?review={id}"].map(str::to_owned).into();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            routes.push(format!("{} {}", method.to_uppercase(), path.replace("{*file}", "{file}")));
        }
    }
    routes
}

/// The rows that are tried. A page's file is like the pages, but there is none to ask for until the web player is built.
fn walked() -> BTreeMap<String, Vec<String>> {
    let mut rows = table("Routes");
    rows.remove("GET /assets/{file}");
    rows
}

async fn maker(house: &House) -> Maker<'_> {
    house.account("first", Role::Admin).await;
    let mut database = house.raw().await;
    let hash = sqlx::query_scalar("SELECT password_hash FROM accounts").fetch_one(&mut database).await.unwrap();
    // What is made up here need not outlast a power cut.
    sqlx::query("PRAGMA synchronous = OFF").execute(&mut database).await.unwrap();
    Maker { house, database, hash }
}

#[tokio::test]
async fn every_route_is_in_the_table_and_no_other() {
    let house = House::new().await;
    let written: Vec<String> = table("Routes").into_keys().collect();
    let mut routes: Vec<String> = routes(&house).await;
    routes.sort();
    assert_eq!(routes, written);
}

async fn walk_as(role: Role) {
    let house = House::new().await;
    let mut maker = maker(&house).await;
    let account = maker.account(role.as_str()).await;
    let column = Role::ALL.iter().position(|found| *found == role).unwrap();
    for (route, cells) in walked() {
        for own in [true, false] {
            let mut scene = maker.scene().await;
            let (session, cookie) = maker.session(account).await;
            if own {
                maker.join(account, scene.project).await;
                if route.contains("/passkeys/") {
                    scene.passkey = maker.passkey(account).await;
                } else if route.contains("/sessions/") {
                    scene.session = session;
                } else if route.contains("/accounts/") {
                    // A copy of itself, since some of these end it.
                    scene.account = maker.account(role.as_str()).await;
                }
            }
            let cookie = match route.contains("/accounts/") && own {
                true => maker.session(scene.account).await.1,
                false => cookie,
            };
            let answer = ask(&house, &route, &scene, &cookie, None).await;
            let allowed = match cells[column].as_str() {
                "yes" => true,
                "own" => own,
                _ => false,
            };
            assert!(answer.status.as_u16() < 500, "{route}: {}", String::from_utf8_lossy(&answer.body));
            assert_eq!(!denied(&answer), allowed, "{role} {route}, own: {own}: {} {}", answer.status, text(&answer));
        }
    }
    assert!(house.verify().await.is_ok());
}

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).chars().take(300).collect()
}

#[tokio::test]
async fn an_admin_may_what_is_written() {
    walk_as(Role::Admin).await;
}

#[tokio::test]
async fn a_producer_may_what_is_written() {
    walk_as(Role::Producer).await;
}

#[tokio::test]
async fn a_colourist_may_what_is_written() {
    walk_as(Role::Colourist).await;
}

#[tokio::test]
async fn a_security_lead_may_what_is_written() {
    walk_as(Role::SecurityLead).await;
}

#[tokio::test]
async fn guests_and_strangers_may_what_is_written() {
    let house = House::new().await;
    let mut maker = maker(&house).await;
    let now = UtcInstant::now();
    for (route, cells) in walked() {
        let mut scene = maker.scene().await;
        let (viewer, viewing, cookie) = maker.viewer(scene.review, scene.link).await;
        scene.viewing = viewing;
        maker.run("UPDATE viewers SET lease_expires_at = 9999999999999 WHERE id = ?", &[&viewer.to_string()]).await;
        let other = maker.scene().await;
        let own_lease = house.screening.leases.issue(viewer, scene.review, now).unwrap().0;
        let foreign_lease = house.screening.leases.issue(viewer, other.review, now).unwrap().0;
        let guest = ask(&house, &route, &scene, &cookie, Some(&own_lease)).await;
        assert_eq!(!denied(&guest), cells[4] != "-", "guest {route}: {} {}", guest.status, text(&guest));
        let foreign = ask(&house, &route, &other, &cookie, Some(&own_lease)).await;
        if cells[4] == "own" && route.contains('{') {
            assert!(denied(&foreign), "guest of another review {route}: {}", text(&foreign));
            // Even the server's own signature opens no other review.
            assert!(denied(&ask(&house, &route, &other, &cookie, Some(&foreign_lease)).await), "{route}");
        }
        let stranger = ask(&house, &route, &scene, "", None).await;
        assert_eq!(!denied(&stranger), cells[5] != "-", "stranger {route}: {} {}", stranger.status, text(&stranger));
    }
    assert!(house.verify().await.is_ok());
}

#[tokio::test]
async fn a_foreign_review_looks_like_none_and_the_refusal_is_recorded() {
    let house = House::new().await;
    let mut maker = maker(&house).await;
    let producer = maker.account("producer").await;
    let (_, cookie) = maker.session(producer).await;
    let scene = maker.scene().await;
    let foreign = house.get(&format!("/api/reviews/{}", scene.review), &cookie).await;
    let none = house.get(&format!("/api/reviews/{}", Uuid::now_v7()), &cookie).await;
    assert_eq!((foreign.status, &foreign.body), (none.status, &none.body));
    assert_eq!(house.recorded("access.denied", Some(("permission", "review.see"))).await, 1);
    assert_eq!(house.get("/api/reviews", &cookie).await.json()["reviews"], json!([]));
    assert_eq!(house.get("/api/projects", &cookie).await.json()["projects"], json!([]));
    maker.join(producer, scene.project).await;
    assert_eq!(house.get("/api/reviews", &cookie).await.json()["reviews"][0]["id"], json!(scene.review));
}
