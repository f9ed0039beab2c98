import { CLASSIFICATIONS, ROLES, type Classification, type Role } from '../api/house';
import { tc } from '../messages/console';

/** Roles and classifications as people say them. */

export const roleName = (role: Role): string => tc(`role_${role}`);
export const roleOptions = (): [Role, string][] => ROLES.map((role) => [role, roleName(role)]);
export const classOptions = (): [Classification, string][] => CLASSIFICATIONS.map((name) => [name, tc(`class_${name}`)]);
