require "vacation";
vacation :handle "other" :subject "Out of office" "back on Monday";
