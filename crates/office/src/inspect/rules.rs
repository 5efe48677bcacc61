//! The rules of the self-inspection: `rulebook/findings/self-inspection.toml`.

use law::{Date, RuleFault};
use serde::Deserialize;

/// What an inspection goes by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Days of the year on which the worker begins one by itself, `MM-DD`.
    pub days: Vec<String>,
    /// Where the rules come from, in words.
    pub basis: String,
    /// Days after which what was withheld is looked at again.
    pub withheld_days: i64,
    /// Days within which applications count as being for like information.
    pub applied_days: i64,
    /// How many make it worth publishing.
    pub applied_times: usize,
    /// From how many percent of likeness texts count as alike.
    pub alike_percent: u8,
    /// Laws that were replaced or revised.
    pub replaced: Vec<Replaced>,
}

/// A law that was replaced or revised.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replaced {
    /// Its title as texts cite it, without 《》.
    pub title: String,
    /// Since when.
    pub on: Date,
    /// By what.
    pub by: String,
    /// The title is no longer in use; otherwise articles have changed.
    #[serde(default)]
    pub whole: bool,
    /// What was withheld may rest on it.
    #[serde(default)]
    pub grounds: bool,
}

impl Rules {
    /// Reads the file.
    ///
    /// # Errors
    /// Where and why the text is not such rules.
    pub fn parse(file: &str, text: &str) -> Result<Rules, Box<RuleFault>> {
        let fault = |line, error: String| {
            Box::new(RuleFault {
                file: file.to_owned(),
                line,
                name: file.to_owned(),
                rule: "findings".to_owned(),
                path: String::new(),
                error,
            })
        };
        let rules: Rules = toml::from_str(text).map_err(|why| {
            let line = why.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            fault(line, format!("读不出自查规则：{}。", why.message()))
        })?;
        match rules.days.iter().find(|day| day_of(2026, day).is_none()) {
            Some(day) => Err(fault(None, format!("自查日期“{day}”不是真实的日子，请写成“01-10”的样子。"))),
            None => Ok(rules),
        }
    }

    /// The configured day that came last, today included.
    pub fn slot(&self, today: Date) -> Option<Date> {
        let years = [today.year(), today.year() - 1];
        let days = years.iter().flat_map(|year| self.days.iter().filter_map(|day| day_of(*year, day)));
        days.filter(|day| *day <= today).max()
    }
}

fn day_of(year: i16, day: &str) -> Option<Date> {
    format!("{year}-{day}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_configured_day_is_found_across_the_year() {
        let rules = Rules { days: vec!["01-10".into(), "07-10".into()], ..Rules::default() };
        let slot = |day: &str| rules.slot(day.parse().expect("a date")).map(|day| day.to_string());
        assert_eq!(slot("2026-07-10").as_deref(), Some("2026-07-10"));
        assert_eq!(slot("2026-07-09").as_deref(), Some("2026-01-10"));
        assert_eq!(slot("2026-01-09").as_deref(), Some("2025-07-10"));
        let file = include_str!("../../../../rulebook/findings/self-inspection.toml");
        assert!(Rules::parse("x.toml", file).is_ok());
        assert!(Rules::parse("x.toml", &file.replace("07-10", "02-30")).is_err());
    }
}
