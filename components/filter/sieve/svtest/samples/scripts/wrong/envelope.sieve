require "envelope";
if envelope "frop" "x" { discard; }
