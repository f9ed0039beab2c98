<?xml version="1.0" encoding="UTF-8"?>
<ColorCorrection id="shot_010">
<Description>warm</Description>
<SOPNode>
<Slope>1.1 0.95 0.9</Slope>
<Offset>0.02 -0.01 0.03</Offset>
<Power>1.2 0.9 1.05</Power>
</SOPNode>
<SatNode>
<Saturation>0.8</Saturation>
</SatNode>
</ColorCorrection>
