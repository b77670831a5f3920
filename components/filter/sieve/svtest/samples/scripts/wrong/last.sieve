require "index";
if header :last "x-step" "first" { discard; }
