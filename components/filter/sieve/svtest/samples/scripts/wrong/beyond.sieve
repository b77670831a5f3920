require "encoded-character";
if header "x" "${unicode:200000}" { discard; }
