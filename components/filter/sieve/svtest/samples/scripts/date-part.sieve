require "date";
if date :contains "date" "frop" "" { discard; }
