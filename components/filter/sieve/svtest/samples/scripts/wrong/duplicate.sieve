require "duplicate";
if duplicate :header "X-Event" :uniqueid "x" { discard; }
