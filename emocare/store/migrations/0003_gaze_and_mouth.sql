-- NULL in rows that were read before these were measured.
ALTER TABLE readings ADD COLUMN gaze_up DOUBLE;
ALTER TABLE readings ADD COLUMN gaze_side DOUBLE;
ALTER TABLE readings ADD COLUMN mouth_openness DOUBLE;
ALTER TABLE readings ADD COLUMN landmark_error DOUBLE;
