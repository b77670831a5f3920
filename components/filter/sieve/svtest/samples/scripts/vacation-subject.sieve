require "vacation";
vacation :subject "Out of office" "back on Monday";
