-- Number held for a step made at the same time; nothing changes here.
SELECT 1;
