-- Policy tag: app-restriction. Restricted by a decision, not malicious.
-- For the Lua file that lua-config-file names, by dofile. Add no defpol: it would block who is left out.
rpzFile("/etc/powerdns/rpz.ordinance.zone", {policyName="rpz.ordinance"})
