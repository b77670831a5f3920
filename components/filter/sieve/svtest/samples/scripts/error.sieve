require "ihave";
error "Cannot work without frop";
error "Behind it";
