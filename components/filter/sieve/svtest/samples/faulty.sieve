frop; stop x;
 discard 1;
