-- Kept free for legal hold and tombstones. Changes nothing.
SELECT 1;
