require "enotify";
notify "frop:somewhere";
