//! “从文件导入正文” on the drafting page: a document's text fills the form, its title and metadata are
//! proposed where nothing was typed. Nothing of it is stored by the reading.

use crate::component::{Choice, Choices, ErrorSummary, Field as Box, Input};
use crate::form::{Form, Upload};
use crate::portal::ask::Answers;
use axum::http::StatusCode;
use intake::pages::Page;
use intake::reader;
use matter::{Guard as Rule, Procedure, Step};
use office::FieldError;
use office::document::DOT;
use publication::Kind;
use publication::kind::{Form as Shape, TITLE};

use super::parts::{Cell, Fields};

/// Name of the field with the file, of the box to attach it, and what the button says.
const SOURCE: &str = "source";
const ATTACH: &str = "source_attached";
const READ: &str = "read";
/// Files that can be chosen.
const ACCEPT: &str = ".docx,.doc,.wps,.pdf,.odt,.rtf,.xlsx,.xls,.ods,.txt,.md,.html,.htm";

/// What a form asks to be read.
struct Asked {
    file: Option<Upload>,
    refused: Option<String>,
    /// The file stays with the document.
    attach: bool,
}

/// The form that is shown again after the reading.
pub(super) struct Shown {
    /// 200, or 422 where nothing could be read.
    pub status: StatusCode,
    /// What was filled in, or empty.
    pub told: String,
    /// Why nothing was.
    pub errors: ErrorSummary,
}

/// What the form asks to be read, if anything: the button was pressed, or a file waits in its field.
fn asked(form: &mut Form) -> Option<Asked> {
    let (mut own, others): (Vec<Upload>, Vec<Upload>) =
        form.take_files().into_iter().partition(|file| file.field == SOURCE);
    others.into_iter().for_each(|file| form.push_file(file.field, &file.name, file.bytes));
    let refused = form.refused_files().iter().find(|(field, _)| field == SOURCE).map(|(_, why)| why.clone());
    let several = (own.len() > 1).then(|| "一次只能读入一个文件，请只选一个。".to_owned());
    let asked = Asked { file: own.pop(), refused: refused.or(several), attach: form.has(ATTACH) };
    (form.raw("then") == READ || asked.file.is_some()).then_some(asked)
}

/// Reads the file that a form brings, if it brings one, into the answers; answers the file where it is to
/// be kept with them.
///
/// # Errors
/// The form to show again: filled, or with what is wrong.
pub(super) async fn read(
    form: &mut Form,
    of: (&Procedure, &Step, &Kind),
    prefix: &str,
    answers: &mut Answers,
) -> Result<Option<office::Upload>, Shown> {
    let Some(asked) = asked(form) else { return Ok(None) };
    match fill(asked, of, prefix, answers).await {
        Ok((_, Some(source))) => Ok(Some(source)),
        Ok((told, None)) => Err(Shown { status: StatusCode::OK, told, errors: ErrorSummary::default() }),
        Err(error) => {
            let errors = super::perform::at_fields(vec![error]);
            Err(Shown { status: StatusCode::UNPROCESSABLE_ENTITY, told: String::new(), errors })
        }
    }
}

/// The field, the box and their hints, for the head of the form.
pub(super) fn fields(errors: &ErrorSummary) -> Fields {
    let file = Box::new(SOURCE, "选择文件", "").optional().error(errors.at(SOURCE)).input(Input::Files(ACCEPT));
    let hint =
        "可以读取Word、PDF、ODT、RTF、Excel、网页和纯文本；读入的文字填在下面的正文里，核对以后再保存，不会直接公开";
    let attach = Choices::many(ATTACH, "原文件", vec![Choice::new("1", "原文件同时作为附件，读入后存为草稿")]);
    Fields { cells: vec![Cell::Field(12, file.hint(hint)), Cell::Choices(12, attach)] }
}

/// Fills the answers from the file; answers what to tell, and the file where it is to be kept.
async fn fill(
    asked: Asked,
    of: (&Procedure, &Step, &Kind),
    prefix: &str,
    answers: &mut Answers,
) -> Result<(String, Option<office::Upload>), FieldError> {
    let (procedure, step, kind) = of;
    let gate = super::ask::names(step).into_iter().find(|name| gates(procedure, name));
    if let Some(name) = gate.filter(|_| step.guards.contains(&Rule::NotClassified))
        && answers.get(name).map(String::as_str) != Some("no")
    {
        return Err(FieldError::new(name, "请先回答是否涉密，再读入文件；涉密或者可能涉密的文件不得在这里读入。"));
    }
    let wrong = |sentence: &str| FieldError::new(SOURCE, sentence);
    if let Some(why) = asked.refused {
        return Err(wrong(&why));
    }
    let file = asked.file.ok_or_else(|| wrong("请先选择要读入的文件。"))?;
    let Some(body) = kind.fields.iter().find(|field| field.is_rich()) else {
        return Err(wrong("这一类信息没有正文，不能从文件读入，请逐项填写。"));
    };
    let body = format!("{prefix}{DOT}{}", body.id);
    if answers.get(&body).is_some_and(|text| !text.trim().is_empty()) {
        return Err(wrong("正文里已经有内容，没有覆盖。请先清空正文，再读入文件。"));
    }
    let (name, bytes) = (file.name, file.bytes);
    let read = tokio::task::spawn_blocking(move || {
        let page = reader::read(&name, &bytes).map_err(|refusal| refusal.sentence);
        (page.and_then(intake::pages::recognise), office::Upload { name, bytes })
    });
    let (page, upload) = read.await.map_err(|_| wrong("文件没有读成，请再试一次。"))?;
    let page = page.map_err(|why| wrong(&why))?;
    let told = put(page, kind, prefix, body, answers);
    Ok((told, asked.attach.then_some(upload)))
}

/// Puts what the document says where nothing was typed.
fn put(page: Page, kind: &Kind, prefix: &str, body: String, answers: &mut Answers) -> String {
    let empty = |answers: &Answers, name: &str| answers.get(name).is_none_or(|text| text.trim().is_empty());
    let mut filled = vec!["正文".to_owned()];
    if empty(answers, TITLE) {
        answers.insert(TITLE.to_owned(), page.title);
        filled.push("标题".to_owned());
    }
    for (id, value) in page.fields {
        let name = format!("{prefix}{DOT}{id}");
        let Some(field) = kind.field(&id).filter(|field| !field.is_rich() && empty(answers, &name)) else { continue };
        if field.form == Shape::Code && !field.options.iter().any(|choice| choice.id == value) {
            continue;
        }
        answers.insert(name, value);
        filled.push(field.label.clone());
    }
    answers.insert(body, page.body);
    let pictures = match page.pictures {
        0 => String::new(),
        count => format!("文件里的{count}张图片没有读入，需要公开的请作为附件上传。"),
    };
    format!("已从文件读入{}，还没有保存。请逐项核对后再保存。{pictures}", filled.join("、"))
}

/// The element that the secrecy gate reads: it is asked before anything is typed (practice P1).
pub(super) fn gates(procedure: &Procedure, name: &str) -> bool {
    procedure.element(name).is_some_and(|element| element.options.iter().any(|option| option.id == "no"))
}
