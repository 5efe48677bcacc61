//! What of a body's matters a caller sees in lists: everything, one unit's, or besides that every document.

use std::sync::Arc;

use matter::{Procedure, Role};

use crate::document;
use crate::office::Office;
use crate::permit::Caller;
use crate::store::{Statement, Value};

/// The unit to which a caller's sight is confined; none for those who see the whole body.
pub(crate) fn confined(caller: &Caller) -> Option<i64> {
    const WIDE: [Role; 7] =
        [Role::Clerk, Role::FoiClerk, Role::FoiHead, Role::Leader, Role::Supervisor, Role::System, Role::Importer];
    let wide = WIDE.iter().any(|role| caller.has(*role));
    // 审查人员 as such see documents only, their own unit's matters as little as others'.
    let reviews_only = caller.roles.iter().all(|role| *role == Role::Reviewer);
    (!wide).then(|| caller.unit.filter(|_| !reviews_only).unwrap_or(-1))
}

/// What of its body's matters a caller sees in lists.
pub(crate) enum Sight {
    /// Everything.
    Body,
    /// What one unit has.
    Unit(i64),
    /// What one unit has, and every matter of these procedures, as `|procedure version|`.
    Documents(i64, String),
}

impl Sight {
    /// The statement for what is seen.
    pub(crate) fn statement(&self, [body, unit, documents]: [&'static Statement; 3]) -> &'static Statement {
        match self {
            Sight::Body => body,
            Sight::Unit(_) => unit,
            Sight::Documents(..) => documents,
        }
    }

    /// The parameters that its statement takes.
    pub(crate) fn values(&self) -> Vec<Value<'static>> {
        match self {
            Sight::Body => Vec::new(),
            Sight::Unit(unit) => vec![Value::from(*unit)],
            Sight::Documents(unit, procedures) => vec![Value::from(*unit), Value::from(procedures.clone())],
        }
    }

    /// The one unit whose matters are seen; none where all are.
    pub(crate) fn unit(&self) -> Option<i64> {
        match self {
            Sight::Body => None,
            Sight::Unit(unit) | Sight::Documents(unit, _) => Some(*unit),
        }
    }

    /// Whether every matter of a procedure is seen.
    pub(crate) fn whole_of(&self, procedure: &str, version: &str) -> bool {
        match self {
            Sight::Body => true,
            Sight::Unit(_) => false,
            Sight::Documents(_, procedures) => procedures.contains(&format!("|{procedure} {version}|")),
        }
    }
}

impl Office {
    pub(crate) fn sight(&self, caller: &Caller) -> Sight {
        let of = |rule: &Arc<Procedure>| document::element(rule).map(|_| format!("{} {}|", rule.id, rule.version));
        let documents = || std::iter::once("|".to_owned()).chain(self.rules().procedures().filter_map(of)).collect();
        match confined(caller) {
            None => Sight::Body,
            Some(unit) if caller.has(Role::Reviewer) => Sight::Documents(unit, documents()),
            Some(unit) => Sight::Unit(unit),
        }
    }
}
