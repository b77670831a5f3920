require "encoded-character";
if header "x" "${Unicode:DF01}" { discard; }
