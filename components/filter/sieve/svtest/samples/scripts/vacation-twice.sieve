require "vacation";
vacation :addresses "everybody@ctbto.int" "one";
vacation :addresses "everybody@ctbto.int" "two";
