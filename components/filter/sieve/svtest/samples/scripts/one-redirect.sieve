redirect "a@b.example";
