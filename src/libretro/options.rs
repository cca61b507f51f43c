//! Core options, whichever of the five ways a core declares them.

use super::sys;
use crate::link::message::{self, OptionInfo};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{CString, c_char};

/// The most options taken from a core.
const MAX_OPTIONS: usize = 1024;
/// The longest name of an option that is looked for among the others, in characters.
const MAX_KEY: usize = 128;
/// Characters of all explanations together; beyond that options come without: they have to fit into one message.
const MAX_INFO: usize = 200_000;
/// Bytes of all options together in a message; those beyond are not shown. The core reads them all the same.
const MAX_WRITTEN: usize = (message::MAX_LINE as usize) * 3 / 4;

type Definition1 = sys::retro_core_option_definition;

/// The options of one core and what they are set to.
#[derive(Default)]
pub struct Options {
    declared: Vec<OptionInfo>,
    /// Set by the host, also before the core declared anything.
    requested: BTreeMap<String, String>,
    /// What was handed to the core: it may keep the pointer until the value changes.
    handed: BTreeMap<String, CString>,
    /// Those that the core says are of no use now.
    hidden: BTreeSet<String>,
    changed: bool,
    shown_otherwise: bool,
}

impl Options {
    /// Begins with what the host asks for.
    pub fn new(requested: impl IntoIterator<Item = (String, String)>) -> Options {
        Options { requested: requested.into_iter().collect(), ..Options::default() }
    }

    /// The declared ones with their present values.
    pub fn list(&self) -> Vec<OptionInfo> {
        let mut list = self.declared.clone();
        let mut left = MAX_INFO;
        for option in &mut list {
            match left.checked_sub(option.info.len()) {
                Some(rest) => left = rest,
                None => option.info.clear(),
            }
        }
        // As they are written, where a control character takes six bytes.
        let mut left = MAX_WRITTEN;
        list.retain(|option| {
            let written = serde_json::to_vec(option).map_or(usize::MAX, |text| text.len() + 1);
            let fits = written <= left;
            left -= if fits { written } else { 0 };
            fits
        });
        list
    }

    /// Sets one. A value that the core does not offer is not taken.
    pub fn set(&mut self, key: &str, value: &str) -> bool {
        let ok = match self.declared.iter_mut().find(|option| option.key == key) {
            Some(option) if option.values.is_empty() || option.values.iter().any(|v| v == value) => {
                self.changed |= option.value != value;
                value.clone_into(&mut option.value);
                true
            }
            Some(_) => false,
            // Not declared (yet): remembered, as cores also read options that they never declare.
            None => true,
        };
        if ok {
            self.requested.insert(key.into(), value.into());
        }
        ok
    }

    /// What the core reads for `key`; the pointer stays valid until the value is changed.
    pub fn get(&mut self, key: &str) -> Option<*const c_char> {
        let value = match self.declared.iter().find(|option| option.key == key) {
            Some(option) => &option.value,
            None => self.requested.get(key)?,
        };
        let same = self.handed.get(key).is_some_and(|c| c.as_bytes() == value.as_bytes());
        if !same {
            self.handed.insert(key.into(), CString::new(value.as_str()).ok()?);
        }
        self.handed.get(key).map(|c| c.as_ptr())
    }

    /// Whether anything changed since the core last asked.
    pub fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    fn declare(&mut self, mut option: OptionInfo, default: Option<String>) {
        if option.key.is_empty() || self.declared.len() >= MAX_OPTIONS {
            return;
        }
        let offered = |value: &String| option.values.is_empty() || option.values.contains(value);
        let first = option.values.first().cloned();
        let requested = self.requested.get(&option.key).cloned();
        let default = default.filter(&offered).or(first).unwrap_or_default();
        option.value = requested.filter(&offered).unwrap_or_else(|| default.clone());
        option.default = default;
        // A core that hid an option and declares all of them anew has not shown it again.
        option.visible = !self.hidden.contains(&option.key);
        self.declared.retain(|known| known.key != option.key);
        self.declared.push(option);
    }

    /// `SET_VARIABLES`: "label; first|second", the first being the default.
    pub fn declare_variables(&mut self, argument: sys::Argument) {
        self.declared.clear();
        for variable in argument.list::<sys::retro_variable>(|v| v.key.is_null()) {
            let text = sys::text(variable.value);
            let (label, values) = text.split_once(';').unwrap_or((&text, ""));
            let values: Vec<String> = values.trim().split('|').filter(|v| !v.is_empty()).map(str::to_owned).collect();
            let option = OptionInfo {
                key: sys::text(variable.key),
                label: label.trim().into(),
                labels: values.clone(),
                values,
                ..OptionInfo::default()
            };
            self.declare(option, None);
        }
    }

    /// `SET_CORE_OPTIONS`; with `local`, `SET_CORE_OPTIONS_INTL`, whose other half is in the reader's language.
    pub fn declare_v1(&mut self, first: *const Definition1, local: *const Definition1) {
        self.declared.clear();
        let local = sys::list(local, |o| o.key.is_null());
        for option in sys::list(first, |o| o.key.is_null()) {
            let key = sys::text(option.key);
            let translated = local.iter().find(|it| sys::text(it.key) == key);
            let values = values(&option.values);
            let info = OptionInfo {
                label: first_text([translated.map(|it| it.desc), Some(option.desc)]),
                info: first_text([translated.map(|it| it.info), Some(option.info)]),
                labels: labels(&option.values, translated.map(|it| &it.values[..])),
                values,
                key,
                ..OptionInfo::default()
            };
            self.declare(info, Some(sys::text(option.default_value)));
        }
    }

    /// `SET_CORE_OPTIONS_V2`; with `local`, its `_INTL`.
    pub fn declare_v2(&mut self, options: &sys::retro_core_options_v2, local: Option<sys::retro_core_options_v2>) {
        self.declared.clear();
        let categories = |of: &sys::retro_core_options_v2| sys::list(of.categories.cast_const(), |c| c.key.is_null());
        let (ours, theirs) = (categories(options), local.as_ref().map(categories).unwrap_or_default());
        let category = |key: &str| {
            // Translated first.
            let named = theirs.iter().chain(&ours).filter(|it| sys::text(it.key) == key);
            named.map(|it| sys::text(it.desc)).find(|name| !name.is_empty()).unwrap_or_default()
        };
        let local = local.map(|all| sys::list(all.definitions.cast_const(), |o| o.key.is_null())).unwrap_or_default();
        for option in sys::list(options.definitions.cast_const(), |o| o.key.is_null()) {
            let key = sys::text(option.key);
            let translated = local.iter().find(|it| sys::text(it.key) == key);
            let category = category(&sys::text(option.category_key));
            // Inside its category an option may have a shorter name.
            let (short, long) = match category.is_empty() {
                true => ([None; 2], [None; 2]),
                false => (
                    [translated.map(|it| it.desc_categorized), Some(option.desc_categorized)],
                    [translated.map(|it| it.info_categorized), Some(option.info_categorized)],
                ),
            };
            let values = values(&option.values);
            let info = OptionInfo {
                label: first_text([short[0], translated.map(|it| it.desc), short[1], Some(option.desc)]),
                info: first_text([long[0], translated.map(|it| it.info), long[1], Some(option.info)]),
                labels: labels(&option.values, translated.map(|it| &it.values[..])),
                values,
                key,
                category,
                ..OptionInfo::default()
            };
            self.declare(info, Some(sys::text(option.default_value)));
        }
    }

    /// `SET_CORE_OPTIONS_DISPLAY`: an option is of use now, or is not.
    pub fn display(&mut self, key: &str, visible: bool) {
        match visible {
            true => self.hidden.remove(key),
            false => self.hidden.len() < MAX_OPTIONS && self.hidden.insert(key.to_owned()),
        };
        if let Some(option) = self.declared.iter_mut().find(|option| option.key == key) {
            self.shown_otherwise |= option.visible != visible;
            option.visible = visible;
        }
    }

    /// Whether an option was shown or hidden since this was last asked.
    pub fn take_shown_otherwise(&mut self) -> bool {
        std::mem::take(&mut self.shown_otherwise)
    }

    /// What the host asks for that the core does not have, each with the declared option that looks most like it. Nothing when
    /// the core declares none: it may read options that it never declares.
    pub fn unknown(&self) -> Vec<(String, Option<String>)> {
        if self.declared.is_empty() {
            return Vec::new();
        }
        let unknown = self.requested.keys().filter(|key| !self.declared.iter().any(|option| option.key == **key));
        unknown.map(|key| (key.clone(), alike(key, self.declared.iter().map(|option| option.key.as_str())))).collect()
    }

    /// Values that the host asks for and the core does not offer: key, value, and what is offered.
    pub fn refused(&self) -> Vec<(String, String, Vec<String>)> {
        let refused = |option: &OptionInfo| {
            let value = self.requested.get(&option.key)?;
            let offered = option.values.is_empty() || option.values.contains(value);
            (!offered).then(|| (option.key.clone(), value.clone(), option.values.clone()))
        };
        self.declared.iter().filter_map(refused).collect()
    }

    /// `SET_VARIABLE`: the core changes one itself.
    pub fn set_by_core(&mut self, argument: sys::Argument) -> bool {
        if argument.is_null() {
            return true;
        }
        argument.read::<sys::retro_variable>().is_some_and(|variable| {
            !variable.key.is_null() && self.set(&sys::text(variable.key), &sys::text(variable.value))
        })
    }
}

fn values(all: &[sys::retro_core_option_value]) -> Vec<String> {
    all.iter().take_while(|value| !value.value.is_null()).map(|value| sys::text(value.value)).collect()
}

/// What people read for each value: translated, or as the core has it, or the value itself.
fn labels(all: &[sys::retro_core_option_value], translated: Option<&[sys::retro_core_option_value]>) -> Vec<String> {
    let translated = translated.unwrap_or_default();
    let label = |value: &sys::retro_core_option_value| {
        let text = sys::text(value.value);
        let same = translated.iter().take_while(|it| !it.value.is_null()).find(|it| sys::text(it.value) == text);
        let label = first_text([same.map(|it| it.label), Some(value.label)]);
        if label.is_empty() { text } else { label }
    };
    all.iter().take_while(|value| !value.value.is_null()).map(label).collect()
}

/// The first that is there and not empty.
fn first_text<const N: usize>(texts: [Option<*const c_char>; N]) -> String {
    texts.into_iter().flatten().map(sys::text).find(|text| !text.is_empty()).unwrap_or_default()
}

/// The one of `known` that `key` was probably meant to be.
fn alike<'a>(key: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    // A third of the letters wrong is another word.
    let most = key.chars().count() / 3;
    let near = known.map(|known| (distance(key, known), known)).filter(|(distance, _)| *distance <= most);
    near.min().map(|(_, known)| known.to_owned())
}

/// Letters to add, leave out, change or swap with their neighbour (optimal string alignment distance).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(MAX_KEY).collect(), b.chars().take(MAX_KEY).collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, first) in rows[0].iter_mut().enumerate() {
        *first = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = changed.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::{CStr, c_void};

    fn declared(text: &CString, key: &CString, requested: &[(&str, &str)]) -> Options {
        let list = [sys::retro_variable { key: key.as_ptr(), value: text.as_ptr() }, sys::retro_variable::default()];
        let mut options = Options::new(requested.iter().map(|(k, v)| ((*k).into(), (*v).into())));
        #[allow(unsafe_code)]
        // SAFETY: what SET_VARIABLES takes, with its end mark.
        let argument = unsafe { sys::Argument::new(list.as_ptr().cast_mut().cast::<c_void>()) };
        options.declare_variables(argument);
        options
    }

    #[test]
    fn a_variable_string_is_split_and_the_first_value_is_the_default() {
        let (key, text) = (c"speed".to_owned(), c"How fast; slow|fast".to_owned());
        let options = declared(&text, &key, &[]);
        assert_eq!(
            options.list(),
            [OptionInfo {
                key: "speed".into(),
                label: "How fast".into(),
                values: vec!["slow".into(), "fast".into()],
                labels: vec!["slow".into(), "fast".into()],
                value: "slow".into(),
                default: "slow".into(),
                visible: true,
                ..OptionInfo::default()
            }]
        );
    }

    #[test]
    fn a_request_is_kept_if_the_core_offers_it_and_only_then() {
        let (key, text) = (c"speed".to_owned(), c"How fast; slow|fast".to_owned());
        assert_eq!(declared(&text, &key, &[("speed", "fast")]).list()[0].value, "fast");
        assert_eq!(declared(&text, &key, &[("speed", "warp")]).list()[0].value, "slow");
        let mut options = declared(&text, &key, &[]);
        assert!(!options.set("speed", "warp"));
        assert!(!options.take_changed());
        assert!(options.set("speed", "fast"));
        assert!(options.take_changed());
    }

    fn value(value: &'static CStr, label: Option<&'static CStr>) -> sys::retro_core_option_value {
        sys::retro_core_option_value { value: value.as_ptr(), label: label.map_or(std::ptr::null(), CStr::as_ptr) }
    }

    fn definition(
        key: &'static CStr,
        desc: &'static CStr,
        on: Option<&'static CStr>,
    ) -> sys::retro_core_option_v2_definition {
        let mut option = sys::retro_core_option_v2_definition {
            key: key.as_ptr(),
            desc: desc.as_ptr(),
            default_value: c"on".as_ptr(),
            ..sys::retro_core_option_v2_definition::default()
        };
        option.values[..2].copy_from_slice(&[value(c"off", None), value(c"on", on)]);
        option
    }

    #[test]
    fn what_is_translated_is_shown_so_and_the_rest_as_the_core_has_it() {
        let end = sys::retro_core_option_v2_definition::default();
        let mut sound = definition(c"x_sound", c"Sound > Filter", Some(c"With it"));
        (sound.category_key, sound.desc_categorized) = (c"audio".as_ptr(), c"Filter".as_ptr());
        sound.info = c"Takes the edge off.".as_ptr();
        let mut all = [sound, definition(c"x_border", c"Border", None), end];
        let category = |desc: &'static CStr| sys::retro_core_option_v2_category {
            key: c"audio".as_ptr(),
            desc: desc.as_ptr(),
            info: std::ptr::null(),
        };
        let none = sys::retro_core_option_v2_category::default();
        let mut categories = [category(c"Sound"), none];
        let mut local_categories = [category(c"\xe5\xa3\xb0\xe9\x9f\xb3"), none];
        let mut local = [definition(c"x_sound", c"", Some(c"\xe5\xbc\x80")), end];
        let us = sys::retro_core_options_v2 { categories: categories.as_mut_ptr(), definitions: all.as_mut_ptr() };
        let theirs =
            sys::retro_core_options_v2 { categories: local_categories.as_mut_ptr(), definitions: local.as_mut_ptr() };
        let mut options = Options::default();
        options.declare_v2(&us, None);
        let list = options.list();
        assert_eq!((&*list[0].category, &*list[0].label, &*list[0].info), ("Sound", "Filter", "Takes the edge off."));
        assert_eq!(list[0].labels, ["off", "With it"]);
        assert_eq!((&*list[1].category, &*list[1].label, &*list[1].value), ("", "Border", "on"));
        options.declare_v2(&us, Some(theirs));
        let list = options.list();
        assert_eq!((&*list[0].category, &*list[0].label), ("\u{58f0}\u{97f3}", "Filter"));
        assert_eq!(list[0].labels, ["off", "\u{5f00}"]);
        assert_eq!(list[0].values, ["off", "on"], "what the core reads is never translated");
    }

    #[test]
    fn an_option_that_is_of_no_use_now_is_hidden_until_it_is() {
        let (key, text) = (c"speed".to_owned(), c"How fast; slow|fast".to_owned());
        let mut options = declared(&text, &key, &[]);
        options.display("speed", true);
        assert!(!options.take_shown_otherwise());
        options.display("speed", false);
        assert!(options.take_shown_otherwise() && !options.take_shown_otherwise());
        assert!(!options.list()[0].visible);
        options.display("nothing", false);
        assert!(!options.take_shown_otherwise());
    }

    #[test]
    fn a_wrong_name_leads_to_the_right_one_and_a_wrong_value_to_those_there_are() {
        let (key, text) = (c"nestopia_region".to_owned(), c"Region; auto|ntsc|pal".to_owned());
        let wrong = [("nestopia_regoin", "pal"), ("quite_other", "1"), ("nestopia_region", "secam")];
        let options = declared(&text, &key, &wrong);
        let unknown = options.unknown();
        assert_eq!(unknown[0], ("nestopia_regoin".into(), Some("nestopia_region".into())));
        assert_eq!(unknown[1], ("quite_other".into(), None));
        let offered = ["auto", "ntsc", "pal"].map(str::to_owned).to_vec();
        assert_eq!(options.refused(), [("nestopia_region".into(), "secam".into(), offered)]);
        assert!(
            Options::new([("a".into(), "b".into())]).unknown().is_empty(),
            "a core may read what it never declares"
        );
    }

    #[test]
    fn distances_are_those_of_typing() {
        let pairs = [("", ""), ("pal", "pal"), ("pal", "pla"), ("pal", "pals"), ("kitten", "sitting"), ("", "abc")];
        assert_eq!(pairs.map(|(a, b)| distance(a, b)), [0, 0, 1, 1, 3, 3]);
    }

    #[test]
    fn explanations_that_would_not_fit_into_a_message_are_left_out() {
        let mut options = Options::default();
        let option = |number: usize| OptionInfo {
            key: format!("key {number}"),
            info: "x".repeat(MAX_INFO / 2),
            ..OptionInfo::default()
        };
        (0..3).for_each(|number| options.declare(option(number), None));
        let lengths: Vec<usize> = options.list().iter().map(|option| option.info.len()).collect();
        assert_eq!(lengths, [MAX_INFO / 2, MAX_INFO / 2, 0]);
    }

    #[test]
    fn options_that_no_message_has_room_for_are_left_out_and_the_core_reads_them_all_the_same() {
        let mut options = Options::default();
        // Each takes six bytes where it is written.
        let long = "\u{1}".repeat(4000);
        for at in 0..100 {
            let key = format!("key{at}");
            options.declare(OptionInfo { key, values: vec![long.clone()], ..OptionInfo::default() }, None);
        }
        let list = options.list();
        assert!((1..100).contains(&list.len()), "{}", list.len());
        assert!(message::send(&mut Vec::new(), &message::FromCore::Options(list)).is_ok());
        assert!(options.get("key99").is_some());
    }
}
