require "reject";
reject "no";
reject "not at all";
