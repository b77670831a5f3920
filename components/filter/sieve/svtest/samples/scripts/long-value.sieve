require "variables";
set "a" "abcdef";
if string "${a}" "abcd" { discard; }
