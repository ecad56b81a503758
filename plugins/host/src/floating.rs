//! stub
pub struct FloatingPoint; impl FloatingPoint { pub fn save()->Self{Self} pub fn restore(&self)->bool{false} }
