require "vacation";
vacation :addresses ["everybody@ctbto.int"] "away";
