//! Figures beside their budgets.

use serde_json::{Value, json};

/// One figure.
pub struct Row {
    name: String,
    figure: Option<f64>,
    unit: &'static str,
    budget: Option<f64>,
    /// The budget is the least, not the most.
    at_least: bool,
    note: &'static str,
}

impl Row {
    /// A figure that should not be above its budget.
    pub fn below(name: String, figure: f64, unit: &'static str, budget: f64) -> Row {
        Row { name, figure: Some(figure), unit, budget: Some(budget), at_least: false, note: "" }
    }

    /// A figure that should not be below its budget.
    pub fn above(name: String, figure: f64, unit: &'static str, budget: f64) -> Row {
        Row { at_least: true, ..Row::below(name, figure, unit, budget) }
    }

    /// A figure without a budget.
    pub fn info(name: String, figure: f64, unit: &'static str) -> Row {
        Row { name, figure: Some(figure), unit, budget: None, at_least: false, note: "" }
    }

    /// What could not be measured, and why.
    pub fn missing(name: &str, why: &'static str) -> Row {
        Row { name: name.into(), figure: None, unit: "", budget: None, at_least: false, note: why }
    }
}

/// All of them.
#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
    blocks: Vec<(String, Value)>,
}

impl Table {
    /// Adds one.
    pub fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Adds a table of its own shape, for people and for programs.
    pub fn push_block(&mut self, text: String, json: Value) {
        self.blocks.push((text, json));
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut lines = vec![format!("{} processors; medians over one-second samples or runs", processors())];
        lines.push(format!("{:<66} {:>9} {:>9}  {}", "", "measured", "budget", "unit"));
        for row in &self.rows {
            let number = |value: Option<f64>| {
                value.map_or_else(
                    || "-".into(),
                    // Small percentages would all read 0.00.
                    |value| {
                        if value != 0.0 && value.abs() < 0.1 { format!("{value:.5}") } else { format!("{value:.2}") }
                    },
                )
            };
            let verdict = match (row.figure, row.budget) {
                (Some(figure), Some(budget)) if figure > budget && !row.at_least => "  MISSED",
                (Some(figure), Some(budget)) if figure < budget && row.at_least => "  MISSED",
                _ => "",
            };
            let (figure, budget) = (number(row.figure), number(row.budget));
            lines.push(format!("{:<66} {figure:>9} {budget:>9}  {}{}{verdict}", row.name, row.unit, row.note));
        }
        for (text, _) in &self.blocks {
            lines.push(String::new());
            lines.push(text.clone());
        }
        lines.join("\n")
    }

    /// For programs.
    pub fn json(&self) -> String {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| json!({"name": row.name.trim(), "figure": row.figure, "unit": row.unit, "budget": row.budget, "at_least": row.at_least, "note": row.note}))
            .collect();
        let tables: Vec<&Value> = self.blocks.iter().map(|(_, json)| json).collect();
        json!({"processors": processors(), "rows": rows, "tables": tables}).to_string()
    }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(0, std::num::NonZero::get)
}

/// The middle value; 0 of nothing.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// A number inside a JSON object; 0 when it is not there.
pub fn number(value: &Value, path: &[&str]) -> f64 {
    path.iter().try_fold(value, |value, key| value.get(key)).and_then(Value::as_f64).unwrap_or(0.0)
}
