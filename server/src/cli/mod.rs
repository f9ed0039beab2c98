//! The command line.

mod archive;
mod audit;
mod bench;
mod comments;
mod demo;
mod doctor;
mod house;
mod identify;
mod key;
mod link;
mod lut;
mod notify;
mod project;
mod project_mark;
mod review;
mod serve;
mod session_code;
mod source;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Shows a grading output in true colour, securely, to named people in a browser, and keeps the record.
#[derive(Debug, Parser)]
#[command(name = "vitrine", version, propagate_version = true, arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  vitrine demo                                   a review to look at, in two commands
  vitrine demo --media /footage/reel3.mov        the same with your own file
  vitrine serve --config vitrine.toml            a server for work
  vitrine review create --title 'Reel 3' --host 'North Light' --source /footage/reel3.mov \\
      --input-color bt1886 --hours 48            plan a review
  vitrine link create --review ID --name 'Ana Ito' --email ana@example.org
  vitrine link revoke ID                         stops their picture within a second
  vitrine audit verify                           is the record whole?
  vitrine audit verify --checkpoint kept.txt     is it still the one that was signed?
  vitrine archive --review ID --encrypt          everything about it as 7z, with a passphrase of its own
  vitrine archive verify review-ID.zip           is an archive whole, and what was signed?
  vitrine identify leak.mp4 --review ID --report evidence/
                                                 whose copy is this?
  vitrine identify --code 'K7PX-3M?E'             whose code is burned into it?
  vitrine lut info grade.cube                    what is in this LUT, and what is odd about it?

Exit codes: 0 done, 1 failed, 2 the command line was not understood.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a server with one live review and one invited client, to see how it is
    Demo(demo::Demo),
    /// Start a server with a configuration file
    Serve(serve::Serve),
    /// Accounts of the house: who may use the console
    #[command(subcommand)]
    User(user::User),
    /// Projects: what reviews belong to, who works on them, how secret they are
    #[command(subcommand)]
    Project(project::Project),
    /// Reviews: plan, list, show, switch sources, end
    #[command(subcommand)]
    Review(review::Review),
    /// Links: invite, list, take back
    #[command(subcommand)]
    Link(link::Link),
    /// Comment logs
    #[command(subcommand)]
    Comments(comments::Comments),
    /// Write everything about a review into one file with sums, or verify such a file
    Archive(archive::Archive),
    /// The record of who did what
    #[command(subcommand)]
    Audit(audit::Audit),
    /// The keys that sign leases, the right to media
    #[command(subcommand)]
    Key(key::Key),
    /// What the house is told of by e-mail and webhook, and whether it arrives
    #[command(subcommand)]
    Notify(notify::Notify),
    /// Whose copy is this? Finds the invisible mark of a leaked clip or still
    Identify(identify::Identify),
    /// LUT files: what they say, what they do, baking and comparing them
    #[command(subcommand)]
    Lut(lut::Lut),
    /// What the costly parts cost on this machine
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Check whether this machine and its data are fit for work
    Doctor(doctor::Doctor),
    /// Print the OpenAPI document of the HTTP side
    Openapi,
}

/// Where the data is.
#[derive(Clone, Debug, Args)]
struct Where {
    /// Data directory
    #[arg(long, value_name = "DIR", global = true, conflicts_with = "config")]
    data: Option<PathBuf>,
    /// Configuration file, whose data directory is taken
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; clap knows which stream and which code.
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("vitrine: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::Demo(demo) => demo.run().await,
            Command::Serve(serve) => serve.run().await,
            Command::User(user) => user.run().await,
            Command::Project(project) => project.run().await,
            Command::Review(review) => review.run().await,
            Command::Link(link) => link.run().await,
            Command::Comments(comments) => comments.run().await,
            Command::Archive(archive) => archive.run().await,
            Command::Audit(audit) => audit.run().await,
            Command::Key(key) => key.run().await,
            Command::Notify(notify) => notify.run().await,
            Command::Identify(identify) => identify.run().await,
            Command::Lut(lut) => lut.run().await,
            Command::Bench(bench) => bench.run(),
            Command::Doctor(doctor) => doctor.run().await,
            Command::Openapi => print_json(&crate::http::openapi()),
        }
    })
}

/// Prints a value as JSON on standard output.
fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, value)?;
    writeln!(out)?;
    out.flush()?;
    Ok(())
}
