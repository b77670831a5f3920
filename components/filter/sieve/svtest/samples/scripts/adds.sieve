require "editheader";
addheader "X-One" "1";
addheader "X-Three" "3";
