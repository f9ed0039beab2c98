//! `vitrine`: one binary, its roles as subcommands.

fn main() -> std::process::ExitCode {
    vitrine::cli::main()
}
