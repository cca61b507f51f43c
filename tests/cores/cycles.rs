//! What a host keeps of the games that it has closed. `hotseat bench cycles` opens a thousand.

use crate::common::host::{quiet_command, run_to_end};
use crate::common::{self, TempDir};
use serde_json::Value;

#[test]
fn games_that_were_closed_leave_nothing_behind_in_the_host() {
    let _alone = common::alone();
    let home = TempDir::new();
    let mut command = quiet_command(&home);
    command.args(["bench", "few-cycles", "--json"]);
    let output = run_to_end(command);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    let rows = told["rows"].as_array().expect("rows");
    let with_budget: Vec<&Value> = rows.iter().filter(|row| row["budget"].is_number()).collect();
    assert_eq!(with_budget.len(), 5, "{told}");
    for row in with_budget {
        let figure = row["figure"].as_f64().unwrap_or_else(|| panic!("{row}"));
        assert!(figure <= row["budget"].as_f64().expect("a budget"), "{row}");
    }
}
