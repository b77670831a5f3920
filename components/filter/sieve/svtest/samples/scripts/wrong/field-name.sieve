require "editheader";
addheader "X Header" "x";
