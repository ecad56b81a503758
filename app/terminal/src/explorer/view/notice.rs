//! Instead of everything, where the terminal is too small.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::frame::write;
use crate::explorer::layout::SMALLEST;
use crate::explorer::state::State;

/// ```text
///       elbow needs 60 x 16
///       and has 50 x 10: q quits
/// ```
pub(crate) fn render(state: &State, area: Rect, buffer: &mut Buffer) {
    let (needed, has) = (SMALLEST, state.size);
    let lines = [format!("elbow needs {} x {}", needed.0, needed.1), format!("and has {} x {}: q quits", has.0, has.1)];
    let top = area.y + area.height.saturating_sub(2) / 2;
    for (y, line) in (top..area.bottom()).zip(lines) {
        let x = area.x + area.width.saturating_sub(line.len() as u16) / 2;
        write(buffer, x, y, area.right(), &[(&line, state.theme.strong())]);
    }
}
