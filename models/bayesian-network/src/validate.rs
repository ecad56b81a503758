//! From the nodes of an experiment to a network: every mistake is reported, each with its path.

use crate::network::{Network, Node};
use crate::parameters::NodeParameters;
use elbow_sdk::Issues;

/// Largest number of joint states that are enumerated.
const MOST_STATES: usize = 1 << 24;

/// The network, or issues.
pub(crate) fn network(nodes: &[NodeParameters], issues: &mut Issues) -> Option<Network> {
    let mut own = Issues::default();
    names(nodes, &mut own);
    let parents: Vec<Vec<usize>> = (0..nodes.len()).map(|i| parents(nodes, i, &mut own)).collect();
    states(nodes, &mut own);
    if !nodes.iter().any(|node| node.visible) {
        own.parameter("nodes", "no node is visible: there would be nothing to learn from");
    }
    cycles(nodes, &parents, &mut own);
    issues.take(own.finish())?;
    let build = |(node, parents): (&NodeParameters, Vec<usize>)| Node {
        name: node.name.clone(),
        states: usize::try_from(node.states).unwrap_or(0),
        parents,
        visible: node.visible,
    };
    Some(Network::new(nodes.iter().zip(parents).map(build).collect()))
}

fn names(nodes: &[NodeParameters], issues: &mut Issues) {
    for (i, node) in nodes.iter().enumerate() {
        if node.name.trim().is_empty() {
            issues.parameter(format!("nodes[{i}].name"), "is empty");
        } else if let Some(first) = nodes[..i].iter().position(|other| other.name == node.name) {
            issues.parameter(format!("nodes[{i}].name"), format!("`{}` is already the name of nodes[{first}]", node.name));
        }
    }
}

/// Numbers of the parents that are known.
fn parents(nodes: &[NodeParameters], i: usize, issues: &mut Issues) -> Vec<usize> {
    let given = nodes[i].parents.as_deref().unwrap_or(&[]);
    let mut found = Vec::new();
    for (k, name) in given.iter().enumerate() {
        let path = format!("nodes[{i}].parents[{k}]");
        match nodes.iter().position(|node| node.name == *name) {
            None => issues.parameter(path, format!("there is no node `{name}`{}", nearest(name, nodes, i))),
            Some(j) if j == i => issues.parameter(path, format!("`{name}` is its own parent")),
            Some(j) if found.contains(&j) => issues.parameter(path, format!("`{name}` is named twice")),
            Some(j) => found.push(j),
        }
    }
    found
}

/// The other node whose name is closest, in words.
fn nearest(name: &str, nodes: &[NodeParameters], i: usize) -> String {
    let others = nodes.iter().enumerate().filter(|(j, node)| *j != i && !node.name.is_empty());
    let best = others.map(|(_, node)| node.name.as_str()).min_by_key(|other| distance(name, other));
    best.map_or(String::new(), |best| format!("; did you mean `{best}`?"))
}

/// Levenshtein distance, in one row of the usual table; letter case counts half.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).map(|k| 2 * k).collect();
    for x in a.chars() {
        let mut corner = row[0];
        row[0] += 2;
        for (k, y) in b.iter().enumerate() {
            let cost = if x == *y { 0 } else { 2 - usize::from(x.to_lowercase().eq(y.to_lowercase())) };
            let swap = corner + cost;
            corner = row[k + 1];
            row[k + 1] = swap.min(corner + 2).min(row[k] + 2);
        }
    }
    row[b.len()]
}

fn states(nodes: &[NodeParameters], issues: &mut Issues) {
    let mut joint = 1_usize;
    for (i, node) in nodes.iter().enumerate() {
        if node.states < 2 {
            issues.parameter(format!("nodes[{i}].states"), format!("{} is too few: a node has at least 2 states", node.states));
        }
        joint = joint.saturating_mul(usize::try_from(node.states.max(1)).unwrap_or(usize::MAX));
    }
    if joint > MOST_STATES {
        let many = if joint == usize::MAX { "more than 10^19".to_owned() } else { joint.to_string() };
        issues.parameter(
            "nodes",
            format!("{many} joint states; the sums go over all of them, so at most {MOST_STATES} are allowed"),
        );
    }
}

/// Takes away nodes without remaining parents; what is left holds a cycle, found by walking from parent to parent.
fn cycles(nodes: &[NodeParameters], parents: &[Vec<usize>], issues: &mut Issues) {
    let mut left: Vec<usize> = (0..nodes.len()).collect();
    loop {
        let open = |i: &usize| parents[*i].iter().any(|j| left.contains(j));
        let next: Vec<usize> = left.iter().copied().filter(open).collect();
        if next.len() == left.len() {
            break;
        }
        left = next;
    }
    let Some(&start) = left.first() else { return };
    let mut walk = vec![start];
    while let Some(&up) = parents[walk[walk.len() - 1]].iter().find(|j| left.contains(j)) {
        if let Some(first) = walk.iter().position(|&i| i == up) {
            walk.drain(..first);
            break;
        }
        walk.push(up);
    }
    walk.reverse();
    let least = walk.iter().enumerate().min_by_key(|(_, i)| **i).map_or(0, |(k, _)| k);
    walk.rotate_left(least);
    walk.push(walk[0]);
    let names: Vec<&str> = walk.iter().map(|&i| nodes[i].name.as_str()).collect();
    issues.parameter(format!("nodes[{}].parents", walk[0]), format!("the arrows form a cycle: {}", names.join(" → ")));
}
