//! 解读专家库: who outside the body may be named as the author of an interpretation. Officers read it;
//! the public sees only the author's name and place of work on an interpretation.

use publication::kind::Form;

use crate::document::{DOT, Fields};
use crate::fail::{Fail, FieldError};
use crate::office::Office;
use crate::permit::Caller;
use crate::store::{Lane, Tx};
use crate::{audit, params, statements};

statements! {
    LIST = "select id, name, field, employer from expert where body_id = $1 and state = 'active' order by id";
    ADD = "insert into expert (id, body_id, name, field, employer, state) values ($1, $2, $3, $4, $5, 'active')";
    RETIRE = "update expert set state = 'left' where id = $1 and body_id = $2 and state = 'active'";
}

/// Most characters of each of name, field and place of work.
const LONGEST: usize = 60;

/// Somebody in the register.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expert {
    /// Row.
    pub id: i64,
    /// Name.
    pub name: String,
    /// What they know.
    pub field: String,
    /// Where they work.
    pub employer: String,
}

impl Expert {
    /// As an interpretation names its author: name and place of work.
    pub fn label(&self) -> String {
        format!("{}（{}）", self.name, self.employer)
    }
}

impl Office {
    /// The register of a body.
    ///
    /// # Errors
    /// Our failure.
    pub async fn experts(&self, body: i64) -> Result<Vec<Expert>, Fail> {
        let read = self.read(move |q| {
            q.rows(&LIST, params![body], |row| {
                Ok(Expert { id: row.get(0)?, name: row.get(1)?, field: row.get(2)?, employer: row.get(3)? })
            })
        });
        Ok(read.await?)
    }

    /// Adds somebody to the register.
    ///
    /// # Errors
    /// What is missing or too long, at its field; our failure.
    pub async fn add_expert(&self, caller: &Caller, expert: Expert) -> Result<(), Fail> {
        let parts = [
            ("name", "姓名", &expert.name),
            ("field", "专业领域", &expert.field),
            ("employer", "工作单位", &expert.employer),
        ];
        let wrong = |(at, label, value): (&str, &str, &String)| {
            let count = value.chars().count();
            let sentence = match count {
                0 => format!("没有填写{label}，请填写。"),
                _ if count > LONGEST => format!("{label}最多{LONGEST}个字，请删减。"),
                _ => return None,
            };
            Some(FieldError::new(at, sentence))
        };
        let wrong: Vec<FieldError> = parts.into_iter().filter_map(wrong).collect();
        if !wrong.is_empty() {
            return Err(Fail::Invalid(wrong));
        }
        if self.experts(caller.body).await?.iter().any(|one| one.label() == expert.label()) {
            return Err(Fail::Invalid(vec![FieldError::new("name", "专家库里已经有这位专家，不用重复登记。")]));
        }
        let (body, actor, now) = (caller.body, caller.actor, self.now());
        self.write(Lane::People, move |tx: &mut Tx<'_>| {
            let id = tx.new_id()?;
            tx.execute(&ADD, params![id, body, &expert.name, &expert.field, &expert.employer])?;
            audit::note(tx, body, now, actor, "expert", &format!("expert {id}"), "")
        })
        .await
    }

    /// Takes somebody out of the register; what they wrote stays theirs.
    ///
    /// # Errors
    /// [`Fail::NotFound`]; our failure.
    pub async fn retire_expert(&self, caller: &Caller, id: i64) -> Result<(), Fail> {
        let (body, actor, now) = (caller.body, caller.actor, self.now());
        self.write(Lane::People, move |tx: &mut Tx<'_>| {
            if tx.execute(&RETIRE, params![id, body])? == 0 {
                return Err(Fail::NotFound);
            }
            Ok(audit::note(tx, body, now, actor, "expert_left", &format!("expert {id}"), "")?)
        })
        .await
    }

    /// Refuses an author who is not in the register.
    pub(crate) async fn only_experts(&self, body: i64, answers: &Fields) -> Result<(), Fail> {
        let asked = |name: &str| {
            let field = name.split_once(DOT).map(|(_, field)| field);
            let all = self.rules().kinds().filter_map(|kind| kind.field(field?));
            all.into_iter().any(|field| field.form == Form::Expert)
        };
        let named: Vec<_> = answers.iter().filter(|(name, value)| !value.trim().is_empty() && asked(name)).collect();
        if named.is_empty() {
            return Ok(());
        }
        let known: Vec<String> = self.experts(body).await?.iter().map(Expert::label).collect();
        let wrong = named.into_iter().filter(|(_, value)| !known.iter().any(|one| one == value.trim()));
        let sentence = "专家库里没有这位专家，请先由政务公开工作机构登记，再选择。";
        let wrong: Vec<FieldError> = wrong.map(|(name, _)| FieldError::new(name, sentence)).collect();
        if wrong.is_empty() { Ok(()) } else { Err(Fail::Invalid(wrong)) }
    }
}
