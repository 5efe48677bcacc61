//! What can be done to a clock: start, pause, resume, extend, stop, settle; each refused
//! in sentences where the law does not allow it.

use crate::calendar::YEARS;
use crate::clock::{Clock, Due, Pause};
use crate::count;
use crate::limit::{Class, LimitValue};
use crate::load::month_day;
use crate::moment::Moment;
use crate::refusal::{ClockRefusal, RefusalCode};
use crate::rules::Law;

impl Clock {
    /// Starts the clock of `limit` at `at`, in the version in force that day for the
    /// body whose chain of keys (own to root) is `bodies`.
    ///
    /// # Errors
    /// An unknown limit or class, or no version in force.
    pub fn start(
        law: &Law,
        bodies: &[&str],
        limit: &str,
        class: Option<&str>,
        at: Moment,
    ) -> Result<Self, ClockRefusal> {
        let what = || format!("不能起算期限“{limit}”");
        in_range(at, what)?;
        let started = at.date();
        let value = law.limit(bodies, limit, started)?;
        let special = match class {
            None => None,
            Some(id) => Some(value.class(id).ok_or_else(|| unknown_class(value, id))?),
        };
        let fixed = |c: &Class| c.on.as_deref().and_then(month_day);
        let mut clock = Self {
            limit: value.id.clone(),
            body: value.body.clone(),
            class: class.map(str::to_owned),
            version: value.from,
            amount: special.map_or(value.amount, |c| c.amount),
            unit: special.and_then(|c| c.unit).unwrap_or(value.unit),
            on: special.map_or(value.on, fixed),
            sort: value.sort,
            side: value.side,
            roll: value.roll,
            article: special.and_then(|c| c.article.as_ref()).unwrap_or(&value.article).clone(),
            local: law.calendar().local_for(bodies),
            started: at,
            pauses: Vec::new(),
            extended: 0,
            stopped: None,
            due: Due {
                aim_on: started,
                due_on: started,
                due_at: None,
                amber_on: started,
                amber_at: None,
                provisional: false,
            },
        };
        clock.recount(law);
        Ok(clock)
    }

    /// Starts the clock anew at `at`, under the law in force then, as supplemented
    /// material or a paid fee does (practice T5). Limit and class stay.
    ///
    /// # Errors
    /// As [`Clock::start`]; a new start before the old one.
    pub fn restart(&mut self, law: &Law, bodies: &[&str], at: Moment) -> Result<(), ClockRefusal> {
        self.not_before(at, "重新起算")?;
        *self = Self::start(law, bodies, &self.limit, self.class.as_deref(), at)?;
        Ok(())
    }

    /// Pauses the clock: days after that of `at` are not counted until it resumes.
    ///
    /// # Errors
    /// A kind that this version does not know, a clock paused or stopped already, a
    /// pause before the start, after the end or overlapping an earlier one.
    pub fn pause(&mut self, law: &Law, kind: &str, at: Moment) -> Result<(), ClockRefusal> {
        let what = || format!("不能暂停“{}”的计时", self.limit);
        self.still_open(what)?;
        in_range(at, what)?;
        let value = self.value(law, what)?;
        if value.pause(kind).is_none() {
            return Err(unknown_pause(value, kind));
        }
        let day = at.date();
        if day < self.started.date() {
            return Err(ClockRefusal::new(
                RefusalCode::PauseOutside,
                what(),
                format!("暂停日期{day}早于起算日{}", self.started.date()),
                &self.article,
                "请核对暂停的起止日期",
            ));
        }
        if let Some(last) = self.pauses.last()
            && last.to.is_none_or(|to| day < to.date())
        {
            return Err(ClockRefusal::new(
                RefusalCode::PauseOverlap,
                what(),
                format!("与{}开始的另一次暂停重叠", last.from.date()),
                &self.article,
                "请先结束前一次暂停，或者调整起止日期",
            ));
        }
        if day > self.due.due_on {
            return Err(ClockRefusal::new(
                RefusalCode::PauseOutside,
                what(),
                format!("暂停日期{day}晚于期限届满日{}", self.due.due_on),
                &self.article,
                "期限已经届满，不能再扣除时间，请尽快办结并说明逾期原因",
            ));
        }
        self.pauses.push(Pause { kind: kind.to_owned(), from: at, to: None });
        self.recount(law);
        Ok(())
    }

    /// Ends the open pause: the day of `at` is its last.
    ///
    /// # Errors
    /// No open pause, or an end before its beginning.
    pub fn resume(&mut self, law: &Law, at: Moment) -> Result<(), ClockRefusal> {
        let what = || format!("不能恢复“{}”的计时", self.limit);
        self.still_open(what)?;
        in_range(at, what)?;
        let Some(from) = self.pauses.last().filter(|p| p.to.is_none()).map(|p| p.from) else {
            return Err(ClockRefusal::new(
                RefusalCode::NotPaused,
                what(),
                "计时没有暂停",
                &self.article,
                "无需恢复，请核对办理记录",
            ));
        };
        if at.date() < from.date() {
            return Err(ClockRefusal::new(
                RefusalCode::PauseOutside,
                what(),
                format!("暂停的结束日期{}早于开始日期{}", at.date(), from.date()),
                &self.article,
                "请核对暂停的起止日期",
            ));
        }
        if let Some(last) = self.pauses.last_mut() {
            last.to = Some(at);
        }
        self.recount(law);
        Ok(())
    }

    /// Extends the limit once, by `amount` or by all that the version allows.
    ///
    /// # Errors
    /// No extension in this version or for this class, more than it allows, a second
    /// one, or one after the end.
    pub fn extend(&mut self, law: &Law, at: Moment, amount: Option<u32>) -> Result<(), ClockRefusal> {
        let what = || format!("不能延长“{}”", self.limit);
        self.still_open(what)?;
        self.not_before(at, "延长")?;
        let value = self.value(law, what)?;
        let usual = |class: &str| self.class.as_deref().is_none_or(|own| own == class);
        let known = value.extension.as_ref().filter(|e| e.class.as_deref().is_none_or(usual));
        let Some(extension) = known else {
            return Err(ClockRefusal::new(
                RefusalCode::NoExtension,
                what(),
                format!("“{}”没有可以延长的规定", value.name),
                &self.article,
                "请在期限内办结",
            ));
        };
        if self.extended > 0 {
            return Err(ClockRefusal::new(
                RefusalCode::Extended,
                what(),
                "已经延长过一次，只能延长一次",
                &extension.article,
                "请在延长后的期限内办结",
            ));
        }
        let amount = amount.unwrap_or(extension.amount);
        if amount == 0 || amount > extension.amount {
            return Err(ClockRefusal::new(
                RefusalCode::NoExtension,
                what(),
                format!("延长不得超过{}{}", extension.amount, self.unit),
                &extension.article,
                format!("请填写1至{}", extension.amount),
            ));
        }
        if self.is_past(at) {
            return Err(ClockRefusal::new(
                RefusalCode::Ended,
                what(),
                format!("期限已于{}届满，延长应当在届满前决定并告知", self.due.text()),
                &extension.article,
                "请尽快办结并说明逾期原因",
            ));
        }
        self.extended = amount;
        self.recount(law);
        Ok(())
    }

    /// Stops the clock for good: the matter is done. An open pause ends with it.
    ///
    /// # Errors
    /// A clock stopped before, or a stop before the start.
    pub fn stop(&mut self, at: Moment) -> Result<(), ClockRefusal> {
        self.still_open(|| format!("不能停止“{}”的计时", self.limit))?;
        self.not_before(at, "停止")?;
        self.stopped = Some(at);
        Ok(())
    }

    /// Counts a provisional due date again once the notices of its years are installed;
    /// a recorded date is never moved otherwise. Returns whether it is settled now.
    pub fn settle(&mut self, law: &Law) -> bool {
        if !self.due.provisional || self.stopped.is_some() {
            return false;
        }
        let due = count::due(law.calendar(), self);
        if due.provisional {
            return false;
        }
        self.due = due;
        true
    }

    fn recount(&mut self, law: &Law) {
        self.due = count::due(law.calendar(), self);
    }

    fn value<'a>(&self, law: &'a Law, what: impl Fn() -> String) -> Result<&'a LimitValue, ClockRefusal> {
        self.rule(law).ok_or_else(|| {
            ClockRefusal::new(
                RefusalCode::UnknownLimit,
                what(),
                format!("规则库中已没有{}起施行的版本", self.version),
                &self.article,
                "请管理员在规则库中恢复该版本",
            )
        })
    }

    fn still_open(&self, what: impl Fn() -> String) -> Result<(), ClockRefusal> {
        match self.stopped {
            None => Ok(()),
            Some(at) => Err(ClockRefusal::new(
                RefusalCode::Stopped,
                what(),
                format!("计时已于{}停止", at.to_minute()),
                &self.article,
                "请核对办理记录",
            )),
        }
    }

    fn not_before(&self, at: Moment, act: &str) -> Result<(), ClockRefusal> {
        let what = || format!("不能{act}“{}”", self.limit);
        in_range(at, what)?;
        if at >= self.started {
            return Ok(());
        }
        Err(ClockRefusal::new(
            RefusalCode::BeforeStart,
            what(),
            format!("日期{}早于起算日{}", at.to_minute(), self.started.to_minute()),
            &self.article,
            "请核对日期",
        ))
    }
}

fn in_range(at: Moment, what: impl Fn() -> String) -> Result<(), ClockRefusal> {
    if YEARS.contains(&at.date().year()) {
        return Ok(());
    }
    Err(ClockRefusal::new(
        RefusalCode::OutOfRange,
        what(),
        format!("日期{}超出可以计算的范围", at.date()),
        "",
        format!("请填写{}年至{}年之间的日期", YEARS.start(), YEARS.end()),
    ))
}

fn unknown_class(value: &LimitValue, id: &str) -> ClockRefusal {
    let known: Vec<String> = value.classes.iter().map(|class| format!("{}（{}）", class.id, class.name)).collect();
    let next =
        if known.is_empty() { "请去掉分类".to_owned() } else { format!("可用分类：{}", known.join("、")) };
    let what = format!("不能起算期限“{}”", value.id);
    let why = format!("“{}”没有分类“{id}”", value.name);
    ClockRefusal::new(RefusalCode::UnknownClass, what, why, &value.article, next)
}

fn unknown_pause(value: &LimitValue, kind: &str) -> ClockRefusal {
    let known: Vec<String> = value.pauses.iter().map(|pause| format!("{}（{}）", pause.kind, pause.name)).collect();
    let next = if known.is_empty() {
        "这一期限不能扣除时间，请在期限内办结".to_owned()
    } else {
        format!("可以扣除的时间：{}", known.join("、"))
    };
    let what = format!("不能暂停“{}”的计时", value.id);
    let why = format!("{}起施行的版本没有“{kind}”这一扣除时间的规定", value.from);
    ClockRefusal::new(RefusalCode::UnknownPause, what, why, &value.article, next)
}
