require ["include", "variables"];
global "folder";
set "folder" "from global";
set "own" "x";
return;
set "folder" "never";
