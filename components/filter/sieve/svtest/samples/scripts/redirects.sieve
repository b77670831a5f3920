redirect "a@b.example";
redirect "c@d.example";
