require "vacation";
vacation :seconds 1800 "x";
