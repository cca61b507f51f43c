use super::*;
use proptest::prelude::*;

fn layered(values: &[(Layer, &str, &str)]) -> Layered {
    let mut layered = Layered::default();
    for (layer, key, value) in values {
        assert!(layered.set(*layer, key, value));
    }
    layered
}

#[test]
fn the_particular_counts_before_the_general() {
    let mut it = layered(&[(Layer::Core, "a", "1"), (Layer::Game, "a", "3"), (Layer::Folder, "a", "2")]);
    assert_eq!(it.get("a"), Some(("3", Layer::Game)));
    assert_eq!(it.through(Layer::Folder, "a"), Some(("2", Layer::Folder)));
    assert_eq!(it.below(Layer::Game, "a"), Some(("2", Layer::Folder)));
    assert_eq!(it.below(Layer::Core, "a"), None);
    assert_eq!(it.above(Layer::Core, "a"), Some(("3", Layer::Game)));
    assert_eq!(it.above(Layer::Game, "a"), None);
    assert!(it.set(Layer::Start, "a", "4"));
    assert_eq!(it.get("a"), Some(("4", Layer::Start)));
    assert_eq!(it.get("b"), None);
}

#[test]
fn what_differs_is_what_would_be_otherwise_without_it() {
    let it = layered(&[(Layer::Core, "a", "1"), (Layer::Game, "a", "1"), (Layer::Game, "b", "2")]);
    assert!(it.differs(Layer::Core, "a", Some("0")) && !it.differs(Layer::Core, "a", Some("1")));
    assert!(!it.differs(Layer::Game, "a", Some("0")), "the same as for every game");
    assert!(!it.differs(Layer::Folder, "a", Some("0")), "it has none of its own");
    assert!(it.differs(Layer::Game, "b", None), "nobody knows what it would be");
}

#[test]
fn what_cannot_be_kept_is_not_set() {
    let mut it = Layered::default();
    let long = "x".repeat(MOST_VALUE + 1);
    for (key, value) in [("", "1"), ("a b", "1"), ("a", "\""), ("a", "1\n2"), ("a", &long), (&long, "1"), ("a=", "1")] {
        assert!(!it.set(Layer::Game, key, value), "{key} {value}");
    }
    for number in 0..MOST_KEYS {
        assert!(it.set(Layer::Game, &number.to_string(), ""));
    }
    assert!(!it.set(Layer::Game, "more", "") && it.set(Layer::Game, "7", "more") && it.set(Layer::Core, "more", ""));
}

#[derive(Debug, Clone)]
struct Edit {
    layer: Layer,
    key: String,
    value: Option<String>,
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let layer = prop::sample::select(Layer::ALL.to_vec());
    let edit = (layer, "[a-d]", prop::option::of("[0-3]")).prop_map(|(layer, key, value)| Edit { layer, key, value });
    prop::collection::vec(edit, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_layer_is_changed_alone_and_its_reset_gives_what_is_below(edits in edits(), last in edits()) {
        let mut it = Layered::default();
        for Edit { layer, key, value } in edits.into_iter().chain(last) {
            let before = it.clone();
            match &value {
                Some(value) => prop_assert!(it.set(layer, &key, value)),
                None => prop_assert_eq!(it.reset(layer, &key), before.of(layer).contains_key(&key)),
            }
            for other in Layer::ALL {
                let same = it.of(other) == before.of(other);
                prop_assert!(other == layer || same, "{:?} changed with {:?}", other, layer);
            }
            prop_assert_eq!(it.of(layer).get(&key), value.as_ref());
            // The resolver by its definition: the last of the layers that has the key.
            for at in Layer::ALL {
                for key in ["a", "b", "c", "d"] {
                    let all = Layer::ALL.into_iter().filter(|it| *it <= at);
                    let wanted = all.filter(|layer| it.of(*layer).contains_key(key)).last();
                    prop_assert_eq!(it.through(at, key).map(|(_, from)| from), wanted);
                    let resolved = it.resolved(at);
                    let seen = resolved.get(key).map(String::as_str);
                    prop_assert_eq!(it.through(at, key).map(|(value, _)| value), seen);
                }
            }
            let mut without = it.clone();
            without.reset(layer, &key);
            prop_assert_eq!(without.through(layer, &key), it.below(layer, &key));
        }
    }
}
