//! Core options, whichever of the five ways a core declares them.

use super::sys;
use crate::link::message::OptionInfo;
use std::collections::BTreeMap;
use std::ffi::{CString, c_char};

/// The most options and values taken from a core.
const MAX_OPTIONS: usize = 1024;

/// The options of one core and what they are set to.
#[derive(Default)]
pub struct Options {
    declared: Vec<OptionInfo>,
    /// Set by the host, also before the core declared anything.
    requested: BTreeMap<String, String>,
    /// What was handed to the core: it may keep the pointer until the value changes.
    handed: BTreeMap<String, CString>,
    changed: bool,
}

impl Options {
    /// Begins with what the host asks for.
    pub fn new(requested: impl IntoIterator<Item = (String, String)>) -> Options {
        Options { requested: requested.into_iter().collect(), ..Options::default() }
    }

    /// The declared ones with their present values.
    pub fn list(&self) -> Vec<OptionInfo> {
        self.declared.clone()
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

    fn declare(&mut self, key: String, label: String, values: Vec<String>, default: Option<String>) {
        if key.is_empty() || self.declared.len() >= MAX_OPTIONS {
            return;
        }
        let offered = |value: &String| values.is_empty() || values.contains(value);
        let value = self
            .requested
            .get(&key)
            .cloned()
            .filter(&offered)
            .or(default.filter(&offered))
            .or_else(|| values.first().cloned())
            .unwrap_or_default();
        self.declared.retain(|option| option.key != key);
        self.declared.push(OptionInfo { key, label, values, value });
    }

    /// `SET_VARIABLES`: "label; first|second", the first being the default.
    pub fn declare_variables(&mut self, argument: sys::Argument) {
        self.declared.clear();
        for variable in argument.list::<sys::retro_variable>(|v| v.key.is_null()) {
            let text = sys::text(variable.value);
            let (label, values) = text.split_once(';').unwrap_or((&text, ""));
            let values = values.trim().split('|').filter(|v| !v.is_empty()).map(str::to_owned).collect();
            self.declare(sys::text(variable.key), label.trim().into(), values, None);
        }
    }

    /// `SET_CORE_OPTIONS`, and the English half of `SET_CORE_OPTIONS_INTL`.
    pub fn declare_v1(&mut self, first: *const sys::retro_core_option_definition) {
        self.declared.clear();
        for option in sys::list(first, |o| o.key.is_null()) {
            let values = values(&option.values);
            self.declare(sys::text(option.key), sys::text(option.desc), values, Some(sys::text(option.default_value)));
        }
    }

    /// `SET_CORE_OPTIONS_V2`, and the English half of its `_INTL`.
    pub fn declare_v2(&mut self, options: &sys::retro_core_options_v2) {
        self.declared.clear();
        for option in sys::list(options.definitions.cast_const(), |o| o.key.is_null()) {
            let values = values(&option.values);
            self.declare(sys::text(option.key), sys::text(option.desc), values, Some(sys::text(option.default_value)));
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::c_void;

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
                value: "slow".into()
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
}
